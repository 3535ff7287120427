"""What the OpenAPI document says of answers about bulletins."""

from typing import Any, Final

from domain.bulletin import TRANSITIONS, Action, State
from domain.people import Role
from services.api import responses
from services.api.problems import MEDIA_TYPE, Problem, problem
from services.api.responses import Responses


def _unknown(code: str, title: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    content = {MEDIA_TYPE: {"schema": schema, "example": problem(404, code, title)}}
    return {"description": "没有，或本人不可见", "content": content}


_DECIDED: Final = {status: answer for status, answer in responses.EDIT_POLICY.items() if status != 200}
_NO_BULLETIN: Final[Responses] = {404: _unknown("bulletin_unknown", "没有这份通报")}
READ: Final[Responses] = responses.READ | _NO_BULLETIN
READ_RECORD: Final[Responses] = READ | {403: _DECIDED[403]}
DRAFT: Final[Responses] = _DECIDED | {
    200: {"description": "该项收集已有通报，原样答复"},
    201: {"description": "已拟稿"},
}
ACT: Final[Responses] = _DECIDED | _NO_BULLETIN | {200: {"description": "已留痕；答复为办理后的情况"}}
EDIT: Final[Responses] = _DECIDED | {200: {"description": "已载入"}}
UPLOAD: Final[Responses] = _DECIDED | {201: {"description": "已载入"}}
LEDGER: Final[Responses] = responses.READ | {
    403: _DECIDED[403],
    404: _unknown("collection_unknown", "没有这项收集"),
    409: _DECIDED[409],
}


def document(media_type: str) -> Responses:
    """The answers to a download."""
    kept = {409: responses.FILE[409], 200: {"description": "文件内容", "content": {media_type: {}}}}
    return READ | kept


def description(action: Action) -> str:
    """Who may do it and when, as the table has it."""
    rules = {state: rule for (state, one), rule in TRANSITIONS.items() if one is action}
    able = frozenset[Role]().union(*(rule.by for rule in rules.values()))
    roles = "、".join(role.label for role in Role if role in able)
    return f"{action.label}：由{roles}办理。适用状态：{'、'.join(state.label for state in State if state in rules)}。"
