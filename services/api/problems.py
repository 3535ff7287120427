"""How the API says no: problem details (RFC 9457) with a stable English code and a Chinese sentence.

Invariant: no problem repeats what the caller sent, and an unexpected error tells nothing but that it happened.
"""

import traceback
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from adapters.objects import Corrupted, Missing
from adapters.sealing import Unopened
from domain.errors import Kind, Refused, Temporary
from domain.evidence import UnacceptableFile
from domain.requests import Answer
from services.api.unauthenticated import Unauthenticated

log = structlog.get_logger()

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 3

_STATUS: Final = {
    Kind.INVALID: 422,
    Kind.NOT_ALLOWED: 403,
    Kind.UNKNOWN: 404,
    Kind.WRONG_STAGE: 409,
    Kind.CONFLICT: 409,
}
_HTTP: Final = {
    400: ("malformed_body", "请求内容无法解析"),
    404: ("not_found", "没有这个地址"),
    405: ("method_not_allowed", "该地址不支持这种方法"),
    413: ("body_too_large", "请求内容过大"),
    415: ("media_type_not_accepted", "内容类型不对：上传文件用 multipart/form-data，其余用 application/json"),
}
_AWAY: Final = {
    "engine": ("engine_unavailable", "流程引擎暂时不可用，请稍后用同一幂等键重试"),
    "database": ("database_unavailable", "数据库暂时不可用，请稍后用同一幂等键重试"),
    "objects": ("store_unavailable", "文件存储暂时不可用，请稍后用同一幂等键重试"),
    "passwords": ("sign_in_busy", "登录繁忙，请稍后重试"),
    "identity": ("identity_unavailable", "身份系统暂时不可用，请稍后重试"),
    "inspection": ("inspection_unavailable", "文件检查繁忙，请稍后用同一幂等键重试"),
}
_COME_BACK: Final = {
    "too_many_tries": (429, "尝试次数过多，请稍后再试"),
    "too_many_requests": (429, "您提交得过于频繁，请稍后用同一幂等键重试"),
    "too_many_at_once": (429, "您同时提交的请求过多，请稍后用同一幂等键重试"),
    "bulk_unfinished": (503, "批量办理尚未完成，请用同一幂等键继续，已办的不会重复办理"),
    "too_many_reveals": (429, "您一小时内查看的完整号码已达上限，请稍后再试"),
    "overloaded": (503, "系统繁忙，请稍后用同一幂等键重试"),
}


class FieldError(BaseModel):
    """One field that was not right."""

    field: str = Field(description="字段路径，如 body.reason")
    code: str = Field(description="稳定的英文代码")
    message: str = Field(description="给人看的一句话")


class Problem(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(
        description="问题类型",
        json_schema_extra={"format": "uri"},
        examples=["urn:bihuan:problem:wrong_stage"],
    )
    title: str = Field(description="给人看的一句话", examples=["“待核实”的隐患不能销号"])
    status: int = Field(description="HTTP 状态码", examples=[409])
    code: str = Field(description="稳定的英文代码，供程序判断", examples=["wrong_stage"])
    errors: list[FieldError] | None = Field(default=None, description="逐个字段的问题（422、400）")
    field: str | None = Field(default=None, description="所引用而不存在的是哪个字段（409）")
    fields: list[str] | None = Field(default=None, description="还缺哪些字段（422）")
    evidence: list[str] | None = Field(default=None, description="还缺哪些佐证材料（409）")
    roles: list[str] | None = Field(default=None, description="需要哪些岗位之一（403）")
    stage: str | None = Field(default=None, description="案件所在环节（409）")
    action: str | None = Field(default=None, description="所要办理的事项（409）")


class ComeBack(Exception):  # noqa: N818 - a request, not an error
    """Nothing was done for want of room; the same request may be sent again in so many seconds."""

    def __init__(self, code: str, *, seconds: int = 1) -> None:
        super().__init__(code)
        self.code = code
        self.seconds = seconds


def problem(status: int, code: str, title: str, **more: Any) -> dict[str, Any]:
    """The body of a problem."""
    return {"type": f"urn:bihuan:problem:{code}", "title": title, "status": status, "code": code} | more


def refusal(refused: Refused) -> Answer:
    """A refusal by the rules as an answer that can be kept."""
    status = _STATUS[refused.kind]
    return Answer(status=status, body=problem(status, refused.code, refused.message, **refused.details))


def come_back(code: str) -> Answer:
    """The answer to a request for which there is no room."""
    status, title = _COME_BACK[code]
    return Answer(status=status, body=problem(status, code, title))


def respond(answer: Answer, headers: dict[str, str] | None = None) -> JSONResponse:
    """An answer as a response, with the media type that its status asks for."""
    media_type = MEDIA_TYPE if answer.status >= 400 else "application/json"
    return JSONResponse(answer.body, status_code=answer.status, headers=headers, media_type=media_type)


def install(app: FastAPI) -> None:
    """Give every error of the application its problem."""
    handlers: dict[type[Exception], Any] = {
        Refused: _on_refused,
        Temporary: _on_temporary,
        Unauthenticated: _on_unauthenticated,
        ComeBack: _on_come_back,
        UnacceptableFile: _on_unacceptable,
        Missing: _on_damaged,
        Corrupted: _on_damaged,
        Unopened: _on_unopened,
        RequestValidationError: _on_invalid,
        HTTPException: _on_http,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


async def _on_refused(_request: Request, error: Refused) -> JSONResponse:
    return respond(refusal(error))


async def _on_temporary(_request: Request, error: Temporary) -> JSONResponse:
    code, title = _AWAY[error.what]
    return respond(
        Answer(status=503, body=problem(503, code, title)), headers={"Retry-After": str(RETRY_AFTER_SECONDS)}
    )


async def _on_come_back(_request: Request, error: ComeBack) -> JSONResponse:
    return respond(come_back(error.code), headers={"Retry-After": str(error.seconds)})


async def _on_unauthenticated(_request: Request, error: Unauthenticated) -> JSONResponse:
    answer = Answer(status=401, body=problem(401, error.code, error.title))
    return respond(answer, headers={"WWW-Authenticate": 'Bearer realm="bihuan"'})


async def _on_unacceptable(_request: Request, error: UnacceptableFile) -> JSONResponse:
    return respond(Answer(status=422, body=problem(422, error.code, error.message)))


async def _on_damaged(request: Request, error: Exception) -> JSONResponse:
    log.error("stored file is not what the record says", path=request.url.path, error=type(error).__name__)
    return respond(
        Answer(status=409, body=problem(409, "file_corrupted", "该文件与留痕不符，已停止提供，请联系管理员"))
    )


async def _on_unopened(request: Request, error: Unopened) -> JSONResponse:
    log.error("a sealed value does not open", path=request.url.path, key=error.key_id)
    title = "号码无法解密：本系统缺少加密它的密钥，请联系管理员"
    return respond(Answer(status=409, body=problem(409, "key_missing", title)))


async def _on_invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
    errors = [_field_error(one) for one in error.errors()]
    if any(one["field"] == "header.Idempotency-Key" and one["code"] == "missing" for one in errors):
        body = problem(400, "idempotency_key_missing", "缺少 Idempotency-Key 请求头", errors=errors)
        return respond(Answer(status=400, body=body))
    body = problem(422, "invalid_request", "请求内容不符合要求", errors=errors)
    return respond(Answer(status=422, body=body))


def _field_error(error: dict[str, Any]) -> dict[str, str]:
    code, location = str(error["type"]), tuple(error["loc"])
    if code == "extra_forbidden":
        # the last part is the caller's own word
        location = location[:-1]
    return {"field": _path(location), "code": code, "message": _MESSAGES.get(code, "内容不符合要求")}


def _path(location: Sequence[object]) -> str:
    return ".".join(str(part) for part in location)


_MESSAGES: Final = {
    "missing": "必填",
    "extra_forbidden": "含有不认识的字段",
    "unknown_parameter": "含有不认识的参数",
    "repeated": "只能给一次",
    "string_too_short": "不能为空",
    "string_too_long": "内容过长",
    "string_pattern_mismatch": "格式不对，或没有可见的文字，或含有控制字符",
    "string_type": "应为文字",
    "string_unicode": "不是有效的文字",
    "enum": "不在可选范围内",
    "too_long": "数量过多",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "int_parsing": "应为整数",
    "greater_than_equal": "过小",
    "less_than_equal": "过大",
    "datetime_parsing": "应为带时区的时刻，如 2022-09-29T11:30:00+08:00",
    "date_parsing": "应为日期，如 2026-10-08",
    "date_from_datetime_parsing": "应为日期，如 2026-10-08",
    "number_in_text": "文字中不得写手机号，请登记在联系方式里",
    "value_error": "应为文件",
}


async def _on_http(request: Request, error: HTTPException) -> JSONResponse:
    code, title = _HTTP.get(error.status_code, ("http_error", "请求未能完成"))
    body = problem(error.status_code, code, title)
    headers = {"Allow": _allowed(request)} if error.status_code == 405 else None
    return respond(Answer(status=error.status_code, body=body), headers=headers)


def _allowed(request: Request) -> str:
    """Every method that the address knows (RFC 9110, section 10.2.1), not only those of the route met first."""
    path, methods = request.scope["path"], set()
    for route in iter_route_contexts(request.app.routes):
        if route.path_regex is not None and route.path_regex.match(path):
            methods |= set(route.methods or ())
    return ", ".join(sorted(methods or {"GET", "HEAD"}))


def bug(path: str, error: Exception) -> JSONResponse:
    """The answer to an error that nobody foresaw; logs what kind it was and where, never what it said."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("unexpected error", path=path, error=type(error).__name__, where=where)
    return respond(Answer(status=500, body=problem(500, "internal_error", "系统内部错误，已记录")))
