"""What the OpenAPI document says of answers: problems by status, and links from one operation to the next.

Invariant: the links come from the transition table, so the document proposes exactly what the rules allow.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from domain.hazard import OPEN_STAGES, TRANSITIONS, Action, Stage
from domain.people import Role
from services.api import views
from services.api.problems import MEDIA_TYPE, Problem, problem

Responses = dict[int | str, dict[str, Any]]


def problem_of(status: int, description: str, code: str, title: str, **more: Any) -> dict[str, Any]:
    """The document of one problem, with an example."""
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    example = problem(status, code, title, **more)
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema, "example": example}}}


def _field(field: str, code: str, message: str) -> list[dict[str, str]]:
    return [{"field": field, "code": code, "message": message}]


FOUND: Final[Responses] = {200: {"description": "查询结果"}}
ANY: Final[Responses] = {
    401: problem_of(401, "未登录", "unauthenticated", "请先登录：缺少有效的令牌"),
    422: problem_of(
        422,
        "请求内容不符合要求，逐项列出",
        "invalid_request",
        "请求内容不符合要求",
        errors=_field("body.reason", "missing", "必填"),
    ),
    429: problem_of(
        429,
        "本人提交过于频繁，或同时请求过多；什么也没有办理",
        "too_many_requests",
        "您提交得过于频繁，请稍后用同一幂等键重试",
    ),
    503: problem_of(
        503,
        "暂时不可用，或系统繁忙（overloaded）",
        "database_unavailable",
        "数据库暂时不可用，请稍后用同一幂等键重试",
    ),
}
READ: Final[Responses] = ANY | FOUND
READ_ONE: Final[Responses] = READ | {
    404: problem_of(404, "没有，或本人不可见", "hazard_unknown", "没有这个案号"),
}
FILE: Final[Responses] = ANY | {
    404: problem_of(404, "没有，或本人不可见", "file_unknown", "没有这个文件"),
    409: problem_of(409, "原件已被改动", "file_corrupted", "该文件与留痕不符，已停止提供，请联系管理员"),
}
EVENTS: Final[Responses] = READ | {
    409: problem_of(
        409,
        "没有这个位置（cursor_unknown），或数据库已由备份恢复，须从 continue_from 续读",
        "cursor_of_another_history",
        "数据库已由备份恢复，此后的事件与您读过的不同：请从 continue_from 续读，以续读到的为准",
        continue_from="1200.3f9a02c4",
    ),
}
SENT: Final[Responses] = ANY | {
    400: problem_of(
        400,
        "缺少幂等键，或请求内容无法解析",
        "idempotency_key_missing",
        "缺少 Idempotency-Key 请求头",
        errors=_field("header.Idempotency-Key", "missing", "必填"),
    ),
    413: problem_of(413, "请求内容过大", "body_too_large", "请求内容过大"),
    415: problem_of(415, "内容类型不支持", "media_type_not_accepted", "内容类型不对"),
}
DECIDED: Final[Responses] = SENT | {
    403: problem_of(
        403,
        "没有相应岗位，或违反职责分离",
        "role_required",
        "需要以下岗位之一：督导组、领导小组办公室",
        roles=["inspector", "office"],
    ),
    409: problem_of(
        409,
        "环节不符、材料不全，或所引用的不存在",
        "wrong_stage",
        "“待核实”的隐患不能销号",
        stage="reported",
        action="close",
    ),
}


def _link(operation: str, parameter: str, description: str) -> dict[str, Any]:
    parameters = {parameter: "$response.body#/id"}
    return {"operationId": operation, "parameters": parameters, "description": description}


def links(stages: Iterable[Stage]) -> dict[str, Any]:
    """Where a client goes from a case that may now be in one of ``stages``: read it, or act as the table allows."""
    here = set(stages)
    legal = [action for action in Action if any((stage, action) in TRANSITIONS for stage in here)]
    return {
        "get": _link("get_hazard", "hazard_id", "查看案卷"),
        "timeline": _link("get_hazard_timeline", "hazard_id", "查看办理过程"),
    } | {action.value: _link(f"{action.value}_hazard", "hazard_id", action.label) for action in legal}


def _after(action: Action) -> set[Stage]:
    """The stages in which ``action`` may leave a case."""
    found: set[Stage] = set()
    for (stage, one), rule in TRANSITIONS.items():
        if one is action:
            found |= {
                rule.to or stage,
                rule.to_if_major or rule.to or stage,
                rule.to_if_fixed or rule.to or stage,
            }
    return found


def description(action: Action) -> str:
    """Who may do it and when, as the table has it."""
    rules = {stage: rule for (stage, one), rule in TRANSITIONS.items() if one is action}
    able = frozenset[Role]().union(*(rule.by for rule in rules.values()))
    roles = "、".join(role.label for role in Role if role in able)
    return f"{action.label}：由{roles}办理。适用环节：{'、'.join(stage.label for stage in rules)}。"


def of_action(action: Action) -> Responses:
    """The answers to an action, with links to what may follow it."""
    done = {"description": "已留痕；答复为办理后的案卷", "links": links(_after(action))}
    unknown = problem_of(404, "没有，或本人不可见", "hazard_unknown", "没有这个案号")
    return DECIDED | {404: unknown, 200: done}


BULK: Final[Responses] = DECIDED | {200: {"description": "逐件的结果"}}
REPORT: Final[Responses] = DECIDED | {
    200: {
        "model": views.ReportedView,
        "description": "同一单位、同一地点、同一检查项已在办，答复在办的案（is_new 为 false）",
        "links": links(OPEN_STAGES),
    },
    201: {"description": "已立案并启动流程", "links": links({Stage.REPORTED})},
    202: {
        "model": views.ReportedView,
        "description": "已立案，引擎离线，恢复后自动启动",
        "links": links({Stage.REPORTED}),
    },
}
_NO_REGION: Final[Responses] = {
    404: problem_of(404, "没有这个地区", "calendar_region_unknown", "没有这个地区的日历", field="region"),
}
READ_CALENDAR: Final[Responses] = READ | _NO_REGION
EDIT: Final[Responses] = DECIDED | _NO_REGION | {200: {"description": "将变动或已修改；列出变动的在办案"}}
EDIT_POLICY: Final[Responses] = DECIDED | {200: {"description": "检查通过或已载入；列出时限将变动的在办案"}}
READ_POST: Final[Responses] = READ | {
    404: problem_of(404, "没有，或本人不可见", "post_unknown", "没有这个岗位")
}
EDIT_ORGANISATION: Final[Responses] = DECIDED | {200: {"description": "将有或已作的变动"}}
WARNINGS: Final[Responses] = READ | {403: DECIDED[403]}
_NO_WEBHOOK: Final[Responses] = {404: problem_of(404, "没有", "webhook_unknown", "没有这个推送订阅")}
READ_WEBHOOKS: Final[Responses] = READ | {403: DECIDED[403]}
READ_WEBHOOK: Final[Responses] = READ_WEBHOOKS | _NO_WEBHOOK
CREATE_WEBHOOK: Final[Responses] = DECIDED | {201: {"description": "已登记；签名密钥只显示这一次"}}
EDIT_WEBHOOK: Final[Responses] = DECIDED | _NO_WEBHOOK | {200: {"description": "已办理"}}
ACKNOWLEDGED: Final[Responses] = DECIDED | {
    200: {"description": "已签收"},
    404: problem_of(404, "没有，或不是发给本人岗位的", "notice_unknown", "没有这份通知"),
}
_NOBODY: Final[Responses] = {
    404: problem_of(404, "没有，或本人不可见", "person_unknown", "没有这个人员"),
    409: problem_of(
        409,
        "号码不对、已被登记或改过，或缺少加密它的密钥",
        "contact_version_stale",
        "号码已被改过，请重新查看后再改",
        field="expected_version",
    ),
}
CONTACT: Final[Responses] = READ | _NOBODY
SET_CONTACT: Final[Responses] = DECIDED | _NOBODY | {200: {"description": "已登记，已留痕"}}
REVEAL: Final[Responses] = DECIDED | _NOBODY | {200: {"description": "完整号码；查看已留痕"}}
AUDIT: Final[Responses] = READ | {403: DECIDED[403]}
CONTACT_POINT: Final[Responses] = DECIDED | {
    200: {"description": "已办理"},
    404: problem_of(404, "没有，或不归本人管理", "contact_point_unknown", "没有这个通知渠道"),
}
ADD_CONTACT_POINT: Final[Responses] = DECIDED | {
    201: {"description": "已登记，尚待验证"},
    404: CONTACT_POINT[404],
}
DELIVERIES: Final[Responses] = READ | {403: DECIDED[403]}
DELIVERY_EDIT: Final[Responses] = DECIDED | {200: {"description": "已办理"}}
UPLOAD: Final[Responses] = SENT | {
    201: {
        "description": "已保存",
        "links": {
            "get": _link("get_file", "file_id", "查看文件"),
            "report": {"operationId": "report_hazard", "description": "以此文件为佐证上报隐患"},
        },
    },
}

COMMON_HEADERS: Final[Mapping[str, dict[str, Any]]] = {
    "X-Request-Id": {
        "description": "本次请求的编号，日志中以此查找",
        "required": True,
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    },
    "Retry-After": {
        "description": "几秒后可用同一幂等键重试",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    },
    "WWW-Authenticate": {
        "description": "以何种方式登录（RFC 6750）",
        "required": True,
        "schema": {"type": "string"},
    },
    "Idempotency-Replayed": {
        "description": "true 表示这是同一幂等键第一次的答复，没有再做一次",
        "schema": {"type": "string", "enum": ["true"]},
    },
}


def headers_of(status: str, *, is_problem: bool, keyed: bool) -> list[str]:
    """The names of the headers that an answer carries."""
    names = ["X-Request-Id"]
    if status == "401":
        names.append("WWW-Authenticate")
    if status in ("429", "503") and is_problem:
        names.append("Retry-After")
    if keyed and status in _KEPT:
        names.append("Idempotency-Replayed")
    return names


_KEPT: Final = frozenset({"200", "201", "202", "403", "404", "409", "422"})
"""Statuses of answers that are kept under the request's key."""
