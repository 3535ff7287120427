"""How the API says no: problem details (RFC 9457) with a stable English code and a Chinese sentence.

Invariant: no problem repeats what the caller sent, and an unexpected error tells nothing but that it happened.
"""

from collections.abc import Sequence
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from adapters.objects import Corrupted, Missing
from domain.errors import Kind, Refused, Temporary
from domain.evidence import UnacceptableFile
from domain.requests import Answer

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
    400: ("bad_request", "请求无法解析"),
    404: ("not_found", "没有这个地址"),
    405: ("method_not_allowed", "该地址不支持这种方法"),
    413: ("body_too_large", "请求内容过大"),
}
_AWAY: Final = {
    "engine": ("engine_unavailable", "流程引擎暂时不可用，请稍后用同一幂等键重试"),
    "database": ("database_unavailable", "数据库暂时不可用，请稍后用同一幂等键重试"),
    "objects": ("store_unavailable", "文件存储暂时不可用，请稍后用同一幂等键重试"),
}


class FieldError(BaseModel):
    """One field that was not right."""

    field: str = Field(description="字段路径，如 body.reason")
    code: str = Field(description="稳定的英文代码")
    message: str = Field(description="给人看的一句话")


class Problem(BaseModel):
    """RFC 9457 problem details."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["urn:bihuan:problem:wrong_stage"])
    title: str = Field(examples=["“待核实”的隐患不能销号"])
    status: int = Field(examples=[409])
    code: str = Field(examples=["wrong_stage"])
    errors: list[FieldError] | None = None


class Unauthenticated(Exception):  # noqa: N818
    """No valid bearer token."""


def problem(status: int, code: str, title: str, **more: Any) -> dict[str, Any]:
    """The body of a problem."""
    return {"type": f"urn:bihuan:problem:{code}", "title": title, "status": status, "code": code} | more


def refusal(refused: Refused) -> Answer:
    """A refusal by the rules as an answer that can be kept."""
    status = _STATUS[refused.kind]
    return Answer(status=status, body=problem(status, refused.code, refused.message, **refused.details))


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
        UnacceptableFile: _on_unacceptable,
        Missing: _on_damaged,
        Corrupted: _on_damaged,
        RequestValidationError: _on_invalid,
        HTTPException: _on_http,
        Exception: _on_bug,
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


async def _on_unauthenticated(_request: Request, _error: Unauthenticated) -> JSONResponse:
    body = problem(401, "unauthenticated", "请先登录：缺少有效的令牌")
    return respond(Answer(status=401, body=body), headers={"WWW-Authenticate": 'Bearer realm="bihuan"'})


async def _on_unacceptable(_request: Request, error: UnacceptableFile) -> JSONResponse:
    return respond(Answer(status=422, body=problem(422, error.code, error.message)))


async def _on_damaged(request: Request, error: Exception) -> JSONResponse:
    log.error("stored file is not what the record says", path=request.url.path, error=type(error).__name__)
    return respond(
        Answer(status=409, body=problem(409, "file_corrupted", "该文件与留痕不符，已停止提供，请联系管理员"))
    )


async def _on_invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
    errors = [_field_error(one) for one in error.errors()]
    if any(one["field"] == "header.Idempotency-Key" and one["code"] == "missing" for one in errors):
        body = problem(400, "idempotency_key_missing", "缺少 Idempotency-Key 请求头", errors=errors)
        return respond(Answer(status=400, body=body))
    return respond(
        Answer(status=422, body=problem(422, "invalid_request", "请求内容不符合要求", errors=errors))
    )


def _field_error(error: dict[str, Any]) -> dict[str, str]:
    code = str(error["type"])
    return {"field": _path(error["loc"]), "code": code, "message": _MESSAGES.get(code, "内容不符合要求")}


def _path(location: Sequence[object]) -> str:
    """Where the error is; keys that the caller made up are not repeated."""
    return ".".join(str(part) for part in location if not isinstance(part, str) or part.isascii())[:200]


_MESSAGES: Final = {
    "missing": "必填",
    "extra_forbidden": "没有这个字段",
    "json_invalid": "不是合法的 JSON",
    "string_too_short": "不能为空",
    "string_too_long": "内容过长",
    "string_pattern_mismatch": "格式不对",
    "string_type": "应为文字",
    "enum": "不在可选范围内",
    "literal_error": "不在可选范围内",
    "too_long": "数量过多",
    "int_parsing": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "date_from_datetime_parsing": "应为日期，如 2026-10-08",
}


async def _on_http(_request: Request, error: HTTPException) -> JSONResponse:
    code, title = _HTTP.get(error.status_code, ("http_error", "请求未能完成"))
    body = problem(error.status_code, code, title)
    return respond(Answer(status=error.status_code, body=body), headers=dict(error.headers or {}))


async def _on_bug(request: Request, error: Exception) -> JSONResponse:
    log.error("unexpected error", path=request.url.path, error=type(error).__name__)
    return respond(Answer(status=500, body=problem(500, "internal_error", "系统内部错误，已记录")))
