"""How the API says no: problem details (RFC 9457) with a stable English code and a Chinese sentence.

Invariant: no problem repeats what the caller sent. Which error gets which problem is ``services/api/handlers.py``.
"""

from typing import Any, Final

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from domain.errors import Kind, Refused
from domain.requests import Answer

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 3

_STATUS: Final = {
    Kind.INVALID: 422,
    Kind.NOT_ALLOWED: 403,
    Kind.UNKNOWN: 404,
    Kind.WRONG_STAGE: 409,
    Kind.CONFLICT: 409,
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
