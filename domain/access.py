"""Who may do what, and how far (权限表): one table of operation × role → scope, for every way into the system.

Invariant: an operation without a row does not start (``services/api/operations.py``); absence of a role from a row is "no".
For acts on a hazard, which stage and which role is the transition table's to say (``domain/hazard/table.py``): their rows
are made from it, never copied, and add how far each role reaches. Rows are found by the ``operation_id`` of the API's routes;
exports, downloads and workflows ask by the same names.
Sources: notice, section 2: four teams own areas and units (分片包点包联), the office and the leading group direct the
district, the discipline-inspection member oversees.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from domain.bulletin.table import able
from domain.bulletin.words import Action as Step
from domain.errors import Refused
from domain.hazard.checks import role_required
from domain.hazard.table import REPORTERS, TRANSITIONS
from domain.hazard.words import Action
from domain.people import Actor, Holding, Role, Scope
from domain.rows import BULK, Row, Way

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


def _reaching(roles: Iterable[Role]) -> dict[Role, Scope]:
    """Each of the roles as far as it reaches over units."""
    given = frozenset(roles)
    return {role: role.scope for role in Role if role in given}


def _all(scope: Scope) -> dict[Role, Scope]:
    return dict.fromkeys(Role, scope)


def of_action(action: Action) -> str:
    """The operation of an act on a hazard."""
    return f"{action.value}_hazard"


def of_bulk(action: Action) -> str:
    """The operation of an act on many hazards."""
    return f"{action.value}_hazards"


EDITING: Final = {Role.OFFICE: Scope.DISTRICT, Role.LEADER: Scope.DISTRICT}
"""Who edits what everybody goes by: the calendar, the policy."""

_PUBLIC: Final = Row(way=Way.PUBLIC)
_CASES: Final = Row(way=Way.SIGNED_IN, by=_reaching(Role))
_MINE: Final = Row(way=Way.SIGNED_IN, by=_all(Scope.OWN_POSTS))
_COMMON: Final = Row(way=Way.SIGNED_IN, by=_all(Scope.READ_ONLY))
_EDIT: Final = Row(way=Way.POSTS, by=EDITING)
_SET_CONTACT: Final = Row(way=Way.SIGNED_IN, by=_reaching({Role.OFFICE, Role.UNIT_HEAD}))
_REVEAL: Final = Row(
    way=Way.SIGNED_IN, by=_reaching({Role.OFFICE, Role.LEADER, Role.INSPECTOR, Role.UNIT_HEAD})
)
"""One's own number everybody may set and see."""
_DELIVERIES: Final = Row(way=Way.POSTS, by={**EDITING, Role.OVERSIGHT: Scope.READ_ONLY})
_AUDIT: Final = Row(way=Way.POSTS, by={Role.OVERSIGHT: Scope.READ_ONLY})
"""Who looked and who was refused is read by oversight alone."""
_ORGANISATION: Final = Row(way=Way.POSTS, by=EDITING | {Role.OVERSIGHT: Scope.READ_ONLY})
"""The whole organisation and its changes are read by those who edit it, and by oversight."""

_LINKED: Final = Row(way=Way.LINK)
_LINKS: Final = Row(way=Way.POSTS, by=_reaching((Role.UNIT_HEAD, Role.INSPECTOR, Role.OFFICE, Role.LEADER)))
"""Who may let somebody from outside in to a case: whoever answers for the unit, inspects it or directs."""
_ACTS: Final[Mapping[str, Row]] = {
    of_action(action): Row(
        way=Way.POSTS,
        by=_reaching(role for (_, one), rule in TRANSITIONS.items() if one is action for role in rule.by),
    )
    for action in Action
}

_SEES_DRAFTS: Final = Row(
    way=Way.POSTS,
    by={Role.OFFICE: Scope.DISTRICT, Role.LEADER: Scope.DISTRICT, Role.OVERSIGHT: Scope.READ_ONLY},
)
_BULLETINS: Final[Mapping[str, Row]] = {
    "list_bulletins": _COMMON,
    "get_bulletin": _COMMON,
    "get_bulletin_docx": _COMMON,
    "get_bulletin_pdf": _COMMON,
    "get_bulletin_xlsx": _COMMON,
    "get_bulletin_timeline": _SEES_DRAFTS,
    "list_bulletin_readers": _CASES,
    "read_bulletin": Row(way=Way.POSTS, by=_reaching(role for role in Role if role.of_unit)),
    "draft_bulletin": Row(way=Way.POSTS, by=_reaching({Role.OFFICE})),
    "get_bulletin_policy": _COMMON,
    "put_bulletin_policy": _EDIT,
    "list_bulletin_templates": _SEES_DRAFTS,
    "get_bulletin_template": _SEES_DRAFTS,
    "upload_bulletin_template": _EDIT,
    **{f"{action.value}_bulletin": Row(way=Way.POSTS, by=_reaching(able(action))) for action in Step},
    "export_hazard_ledger": _CASES,
    "export_collection_ledger": _SEES_DRAFTS,
}
"""Bulletins: drafts are the office's, the leaders' and the oversight's to see, issued ones everybody's; ledgers show what lists do."""
_BUREAU: Final = Row(way=Way.POSTS, by=_reaching(role for role in Role if not role.of_unit))
_UNIT: Final = Row(way=Way.POSTS, by=_reaching(role for role in Role if role.of_unit))
_OFFICE: Final = Row(way=Way.POSTS, by=_reaching({Role.OFFICE}))

_COLLECTIONS: Final[Mapping[str, Row]] = {
    "list_collection_kinds": _COMMON,
    "create_collection": _EDIT,
    "list_collections": _CASES,
    "get_collection": _CASES,
    "get_collection_timeline": _BUREAU,
    "get_collection_status": _BUREAU,
    "list_collection_missing": _BUREAU,
    "list_collection_units": _CASES,
    "list_submissions": _CASES,
    "submit_to_collection": _UNIT,
    "register_submission": _OFFICE,
    "extend_collection": _EDIT,
    "exempt_collection": _EDIT,
    "return_collection": _OFFICE,
    "accept_collection": _OFFICE,
    "cancel_collection": _EDIT,
    "check_roster": _CASES,
    "get_unit_duty": _CASES,
    "list_on_duty": _CASES,
    "export_unit_duty": _CASES,
    "create_series": _EDIT,
    "list_series": _BUREAU,
    "stop_series": _EDIT,
}
"""Collections with a deadline: units hand in their own, the office reviews and registers, the bureau sees who is missing."""

_EVENTS: Final[Mapping[str, Row]] = {
    f"{do}_webhook": _EDIT for do in ("create", "get", "change", "pause", "resume", "replay", "remove")
} | {"test_webhook": _EDIT, "list_webhooks": _EDIT, "list_webhook_deliveries": _EDIT, "list_events": _CASES}

OPERATIONS: Final[Mapping[str, Row]] = {
    "get_health": _PUBLIC,
    "get_readiness": _PUBLIC,
    "get_me": _MINE,
    "list_contact_points": _MINE,
    "add_contact_point": _MINE,
    "send_contact_code": _MINE,
    "verify_contact_point": _MINE,
    "test_contact_point": _MINE,
    "mute_contact_point": _MINE,
    "retire_contact_point": _MINE,
    "list_deliveries": _DELIVERIES,
    "release_delivery_brake": _EDIT,
    "list_message_templates": _DELIVERIES,
    "put_message_template": _EDIT,
    "list_my_work": _MINE,
    "list_my_notices": _MINE,
    "acknowledge_notice": _MINE,
    "report_hazard": Row(way=Way.POSTS, by=_reaching(REPORTERS)),
    "list_hazards": _CASES,
    "count_hazards": _CASES,
    "get_hazard": _CASES,
    "get_hazard_timeline": _CASES,
    "explain_hazard_deadline": _CASES,
    "upload_file": _MINE,
    "get_file": _CASES,
    "list_units": _CASES,
    "list_posts": _CASES,
    "list_categories": _COMMON,
    "get_calendar": _COMMON,
    "put_calendar_day": _EDIT,
    "put_calendar_year": _EDIT,
    "list_policies": _COMMON,
    "add_policy": _EDIT,
    "list_warnings": _EDIT,
    "get_organisation": _ORGANISATION,
    "list_organisation_edits": _ORGANISATION,
    "edit_organisation": _EDIT,
    "get_post": _CASES,
    "list_teams": _CASES,
    "list_hazard_notices": _CASES,
    "list_accesses": _AUDIT,
    "list_seals": _AUDIT,
    "list_contacts": _CASES,
    "get_person_contact": _CASES,
    "get_post_contact": _CASES,
    "set_person_contact": _SET_CONTACT,
    "set_post_contact": _SET_CONTACT,
    "reveal_person_contact": _REVEAL,
    "reveal_post_contact": _REVEAL,
    "sign_in": _PUBLIC,
    "refresh_session": _PUBLIC,
    "get_password_rules": _PUBLIC,
    "set_up_account": _PUBLIC,
    "list_sessions": _MINE,
    "sign_out": _MINE,
    "end_session": _MINE,
    "sign_out_everywhere": _MINE,
    "change_password": _MINE,
    "put_account": _EDIT,
    "issue_link": _LINKS,
    "list_links": _LINKS,
    "revoke_link": _LINKS,
    "get_linked_hazard": _LINKED,
    "upload_file_by_link": _LINKED,
    "comment_by_link": _LINKED,
    **_EVENTS,
    **_ACTS,
    **{of_bulk(action): _ACTS[of_action(action)] for action in BULK},
    **_BULLETINS,
    **_COLLECTIONS,
}
"""Operation → row. A new route adds its row here."""


def check(operation: str, actor: Actor) -> None:
    """Let in whom the operation lets in. Raises ``Refused`` (``role_required``) naming the roles that could."""
    row = OPERATIONS[operation]
    if row.way is Way.POSTS and not _holdings(row, actor):
        raise refusal(operation)


def refusal(operation: str) -> Refused:
    """The refusal of somebody whose posts may not do the operation."""
    return role_required(frozenset(OPERATIONS[operation].by))


def visible_units(operation: str, actor: Actor) -> frozenset[str] | None:
    """The units whose rows the operation may show to ``actor``; ``None`` means the whole district."""
    row = OPERATIONS[operation]
    reached = [held.units(row.by[held.role]) for held in _holdings(row, actor)]
    if any(units is None for units in reached):
        return None
    return frozenset().union(*(units for units in reached if units is not None))


def capacity(operation: str, actor: Actor, unit_id: str) -> Holding | None:
    """The first post by which ``actor`` may do the operation to something of ``unit_id``, if any."""
    row = OPERATIONS[operation]
    return next((held for held in _holdings(row, actor) if held.reaches(unit_id)), None)


def _holdings(row: Row, actor: Actor) -> list[Holding]:
    return [held for held in actor.holdings if held.role in row.by]
