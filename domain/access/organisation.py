"""Who may do what to the organisation, its contacts and the rules that everybody goes by.

Invariant: one's own number everybody may set and see; the whole organisation and its changes are read by those who edit it,
and by oversight.
"""

from collections.abc import Mapping
from typing import Final

from domain.access.rows import CASES, COMMON, EDIT, EDITORS_SEE, Row, Way, reaching
from domain.people import Role

_SET_CONTACT: Final = Row(way=Way.SIGNED_IN, by=reaching({Role.OFFICE, Role.UNIT_HEAD}))
_REVEAL: Final = Row(
    way=Way.SIGNED_IN, by=reaching({Role.OFFICE, Role.LEADER, Role.INSPECTOR, Role.UNIT_HEAD})
)

ORGANISATION: Final[Mapping[str, Row]] = {
    "list_units": CASES,
    "list_teams": CASES,
    "list_posts": CASES,
    "get_post": CASES,
    "get_organisation": EDITORS_SEE,
    "list_organisation_edits": EDITORS_SEE,
    "edit_organisation": EDIT,
    "list_warnings": EDIT,
    "list_contacts": CASES,
    "get_person_contact": CASES,
    "get_post_contact": CASES,
    "set_person_contact": _SET_CONTACT,
    "set_post_contact": _SET_CONTACT,
    "reveal_person_contact": _REVEAL,
    "reveal_post_contact": _REVEAL,
    "get_calendar": COMMON,
    "put_calendar_day": EDIT,
    "put_calendar_year": EDIT,
    "list_policies": COMMON,
    "add_policy": EDIT,
}
