"""What the OpenAPI document says of answers: problems by status, and links from one operation to the next."""

from typing import Any, Final

from services.api import views
from services.api.problems import MEDIA_TYPE, Problem

Responses = dict[int | str, dict[str, Any]]


def _problem(description: str, **more: Any) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    return {"description": description, "content": {MEDIA_TYPE: {"schema": schema}}} | more


_RETRY: Final = {"Retry-After": {"description": "几秒后重试", "schema": {"type": "integer"}}}
_LINKED: Final = {
    "get": {"operationId": "get_hazard", "parameters": {"hazard_id": "$response.body#/id"}},
    "timeline": {"operationId": "get_hazard_timeline", "parameters": {"hazard_id": "$response.body#/id"}},
    "confirm": {"operationId": "confirm_hazard", "parameters": {"hazard_id": "$response.body#/id"}},
    "note": {"operationId": "note_hazard", "parameters": {"hazard_id": "$response.body#/id"}},
}

READ: Final[Responses] = {
    400: _problem("请求无法解析"),
    401: _problem("未登录"),
    422: _problem("参数不符合要求"),
    503: _problem("数据库暂时不可用", headers=_RETRY),
}
READ_ONE: Final[Responses] = READ | {404: _problem("没有，或本人不可见")}
COMMAND: Final[Responses] = READ_ONE | {
    403: _problem("没有相应岗位，或违反职责分离"),
    409: _problem("环节不符、材料不全，或与现状冲突"),
    413: _problem("请求内容过大"),
    415: _problem("内容类型不支持"),
}
INTAKE: Final[Responses] = {
    200: {"model": views.ReportedView, "description": "同一隐患已在办，返回在办的案"},
    201: {"description": "已立案并启动流程", "links": _LINKED},
    202: {"model": views.ReportedView, "description": "已立案，引擎离线，恢复后自动启动"},
}
