"""Who may do what, and how far (权限表): one table of operation × role → scope, for every way into the system.

Invariant: an operation without a row does not start (``services/api/operations.py``); absence of a role from a row is "no".
Rows are found by the ``operation_id`` of the API's routes; exports, downloads and workflows ask by the same names. Call
through this package: ``access.check(operation, actor)``.
Sources: notice, section 2: four teams own areas and units (分片包点包联), the office and the leading group direct the
district, the discipline-inspection member oversees.
"""

from domain.access.hazards import BULK, of_action, of_bulk
from domain.access.rows import EDITING, Row, Way
from domain.access.table import OPERATIONS, capacity, check, refusal, visible_units

__all__ = [
    "BULK",
    "EDITING",
    "OPERATIONS",
    "Row",
    "Way",
    "capacity",
    "check",
    "of_action",
    "of_bulk",
    "refusal",
    "visible_units",
]
