"""Who may do what at the door: accounts, sessions, links for outsiders, and the log of who came.

Invariant: who looked and who was refused is read by oversight alone.
"""

from collections.abc import Mapping
from typing import Final

from domain.access.rows import EDIT, MINE, PUBLIC, Row, Way, reaching
from domain.people import Role, Scope

_AUDIT: Final = Row(way=Way.POSTS, by={Role.OVERSIGHT: Scope.READ_ONLY})
_LINKED: Final = Row(way=Way.LINK)
_LINKS: Final = Row(way=Way.POSTS, by=reaching((Role.UNIT_HEAD, Role.INSPECTOR, Role.OFFICE, Role.LEADER)))
"""Who may let somebody from outside in to a case: whoever answers for the unit, inspects it or directs."""

IDENTITY: Final[Mapping[str, Row]] = {
    "get_health": PUBLIC,
    "get_readiness": PUBLIC,
    "get_me": MINE,
    "sign_in": PUBLIC,
    "refresh_session": PUBLIC,
    "get_password_rules": PUBLIC,
    "set_up_account": PUBLIC,
    "list_sessions": MINE,
    "sign_out": MINE,
    "end_session": MINE,
    "sign_out_everywhere": MINE,
    "change_password": MINE,
    "put_account": EDIT,
    "issue_link": _LINKS,
    "list_links": _LINKS,
    "revoke_link": _LINKS,
    "get_linked_hazard": _LINKED,
    "upload_file_by_link": _LINKED,
    "comment_by_link": _LINKED,
    "list_accesses": _AUDIT,
    "list_seals": _AUDIT,
}
