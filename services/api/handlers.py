"""Which error gets which problem: the application's exception handlers.

Invariant: an unexpected error tells nothing but that it happened.
"""

import traceback
from pathlib import PurePath
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException

from adapters.objects import Corrupted, Missing
from adapters.sealing import Unopened
from domain.errors import Refused, Temporary
from domain.evidence import UnacceptableFile
from domain.requests import Answer
from services.api.field_errors import field_error
from services.api.problems import RETRY_AFTER_SECONDS, ComeBack, come_back, problem, refusal, respond
from services.api.unauthenticated import Unauthenticated

log = structlog.get_logger()

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
    "seals": ("seal_verifier_unavailable", "电子印章验证程序暂时不可用，请稍后用同一幂等键重试"),
    "inspection": ("inspection_unavailable", "文件检查繁忙，请稍后用同一幂等键重试"),
}


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
    errors = [field_error(one) for one in error.errors()]
    if any(one["field"] == "header.Idempotency-Key" and one["code"] == "missing" for one in errors):
        body = problem(400, "idempotency_key_missing", "缺少 Idempotency-Key 请求头", errors=errors)
        return respond(Answer(status=400, body=body))
    body = problem(422, "invalid_request", "请求内容不符合要求", errors=errors)
    return respond(Answer(status=422, body=body))


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
