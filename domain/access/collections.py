"""Who may do what to collections with a deadline (限时报送) and to rosters.

Invariant: units hand in their own; the office reviews and registers; the bureau sees who is missing.
"""

from collections.abc import Mapping
from typing import Final

from domain.access.rows import BUREAU, CASES, COMMON, EDIT, EDITORS_SEE, OFFICE, UNIT, Row

COLLECTIONS: Final[Mapping[str, Row]] = {
    "list_collection_kinds": COMMON,
    "create_collection": EDIT,
    "list_collections": CASES,
    "get_collection": CASES,
    "get_collection_timeline": BUREAU,
    "get_collection_status": BUREAU,
    "list_collection_missing": BUREAU,
    "list_collection_units": CASES,
    "list_submissions": CASES,
    "submit_to_collection": UNIT,
    "register_submission": OFFICE,
    "extend_collection": EDIT,
    "exempt_collection": EDIT,
    "return_collection": OFFICE,
    "accept_collection": OFFICE,
    "cancel_collection": EDIT,
    "export_collection_ledger": EDITORS_SEE,
    "check_roster": CASES,
    "get_unit_duty": CASES,
    "list_on_duty": CASES,
    "export_unit_duty": CASES,
    "create_series": EDIT,
    "list_series": BUREAU,
    "stop_series": EDIT,
}
