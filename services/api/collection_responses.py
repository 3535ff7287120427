"""What the OpenAPI document says of answers about collections."""

from typing import Final

from services.api.collection_views import CreatedView
from services.api.responses import DECIDED, READ, WARNINGS, Responses, problem_of

_NO_COLLECTION: Final[Responses] = {
    404: problem_of(404, "没有，或本人不可见", "collection_unknown", "没有这项收集"),
}
READ_ONE: Final[Responses] = READ | _NO_COLLECTION | {403: WARNINGS[403]}
CREATE: Final[Responses] = DECIDED | {
    201: {"description": "已新建并启动流程"},
    202: {"model": CreatedView, "description": "已新建，引擎离线，恢复后自动启动"},
}
SUBMIT: Final[Responses] = DECIDED | _NO_COLLECTION | {201: {"description": "已报送并留痕"}}
DECIDE: Final[Responses] = DECIDED | _NO_COLLECTION | {200: {"description": "已办理并留痕"}}
CHECK_ROSTER: Final[Responses] = {status: answer for status, answer in DECIDED.items() if status != 403} | {
    200: {"description": "逐条列出的问题；没有问题时为空"}
}
_NO_SERIES: Final[Responses] = {
    404: problem_of(404, "没有这个周期收集", "series_unknown", "没有这个周期收集"),
}
CREATE_SERIES: Final[Responses] = DECIDED | {201: {"description": "已新建，并按时开启"}}
READ_SERIES: Final[Responses] = READ | {403: WARNINGS[403]}
STOP_SERIES: Final[Responses] = DECIDED | _NO_SERIES | {200: {"description": "已停用"}}
