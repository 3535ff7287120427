"""The OpenAPI document: 3.1, complete in itself, and the same wherever it is made.

Invariant: ``docs/openapi.json`` is this document; a test compares them.
"""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from services.api import wording
from services.api.problems import MEDIA_TYPE, FieldError, Problem
from services.api.responses import COMMON_HEADERS, headers_of

DESCRIPTION: Final = """\
一处安全隐患从发现到销号的闭环，每一步都留痕。

- **登录**：`Authorization: Bearer 令牌`。令牌由 `/v1/sessions` 或本单位的身份系统签发，只说明是谁，能做什么由其现任岗位决定。
- **幂等键**：每个 POST 与 PUT 须带 `Idempotency-Key`；登录、续期与口令除外，其内容与答复不留存。
  同键同内容重复提交得到第一次的答复（`Idempotency-Replayed: true`），
  只办一次；同键不同内容被拒绝。
- **问题**：错误一律为 `application/problem+json`（RFC 9457），`code` 供程序判断，`title` 给人看。
- **429、503**：`Retry-After` 秒后用同一幂等键重试，不会重复办理。429 是本人提交过于频繁，503 是系统繁忙或部分暂时不可用。
- **分页**：把答复中的 `next` 作为下一次的 `cursor`，直到它为 null。
- **时间**：均为带时区的 RFC 3339；日期为当地日期。
"""

TAGS: Final = [
    {"name": "隐患", "description": "上报、查询、案卷与办理过程"},
    {"name": "办理", "description": "每个事项一个地址；此刻可办的事项见案卷的 allowed_actions"},
    {"name": "通报", "description": "拟稿、核稿、签发、印发，更正与补充，签收；Word、PDF 与模板"},
    {"name": "台账", "description": "隐患与收集的电子表格；每次导出记入访问留痕"},
    {
        "name": "限时收集",
        "description": "值班表、整改报告、日报告与零报告、阅知回执、统计：名单、时限、报送与审核",
    },
    {"name": "值班", "description": "此刻谁在值班、谁带班，值班日历，值班表试检"},
    {"name": "佐证材料", "description": "照片与 PDF：先上传，后在办理时引用"},
    {"name": "我的", "description": "本人的岗位与待办"},
    {"name": "工作日历", "description": "放假、调休与补班；修改前可试算变动的时限"},
    {"name": "时限政策", "description": "时限、督办阶梯与延期上限，按版本生效；载入前可检查与试算"},
    {"name": "对外事件", "description": "全部变动的事件流，供其他系统读取；事件为 CloudEvents 1.0"},
    {
        "name": "事件推送",
        "description": "把变动推送给其他系统：Standard Webhooks 签名，同一案卷按次序，失败反复重试",
    },
    {"name": "单位、岗位与目录", "description": "可见的单位、岗位，现行的等级、类别与判定标准"},
    {"name": "联系方式", "description": "手机号加密保存、脱敏显示；查看完整号码须说明理由并留痕"},
    {"name": "留痕", "description": "访问留痕与每日封存，只供纪检监督查看"},
    {"name": "登录与账号", "description": "登录、续期、退出与口令；令牌随会话失效，撤销即刻生效"},
    {"name": "单案链接", "description": "外部人员凭链接对一件隐患上传材料、留言，到期或撤销即失效"},
    {"name": "运行状况", "description": "供守护进程与负载均衡使用，无须登录"},
]


def install(app: FastAPI) -> None:
    """Make ``app.openapi()`` give the completed document, made once."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete(
                get_openapi(
                    title=app.title,
                    version=app.version,
                    summary=app.summary,
                    description=DESCRIPTION,
                    routes=app.routes,
                    tags=TAGS,
                    servers=[{"url": "/", "description": "本服务"}],
                    license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
                    separate_input_output_schemas=False,
                )
            )
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # the way FastAPI documents for this


def _complete(document: dict[str, Any]) -> dict[str, Any]:
    components = document["components"]
    schemas = components["schemas"]
    for model in (FieldError, Problem):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schema.pop("$defs", None)
        schemas[model.__name__] = schema
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    # the forms of uploads have no model of their own to say so
    for name in ("Body_upload_file", "Body_upload_file_by_link", "Body_upload_bulletin_template"):
        schemas[name]["additionalProperties"] = False
    wording.describe(schemas)
    components["headers"] = dict(COMMON_HEADERS)
    for _, operation in _operations(document):
        _without_null(operation.get("parameters", []))
        for status, response in operation["responses"].items():
            names = headers_of(
                status, is_problem=MEDIA_TYPE in response.get("content", {}), keyed=_keyed(operation)
            )
            refs = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
            response["headers"] = refs | response.get("headers", {})
        _share_problems(operation["responses"], components.setdefault("responses", {}))
    return document


def _keyed(operation: dict[str, Any]) -> bool:
    """Whether the first answer to a key is kept."""
    return any(one["name"] == "Idempotency-Key" for one in operation.get("parameters", []))


def _share_problems(responses: dict[str, Any], shared: dict[str, Any]) -> None:
    """Problems that many operations answer alike stand once."""
    for status, response in responses.items():
        if MEDIA_TYPE not in response.get("content", {}):
            continue
        code = response["content"][MEDIA_TYPE]["example"]["code"]
        name = f"{code}_command" if "Idempotency-Replayed" in response["headers"] else code
        shared[name] = response
        responses[status] = {"$ref": f"#/components/responses/{name}"}


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in document["paths"].values():
        yield from path.items()


def _without_null(parameters: list[dict[str, Any]]) -> None:
    """A parameter is given or left out; there is no null in an address."""
    for parameter in parameters:
        schema = parameter["schema"]
        kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
        if len(kinds) == 1:
            del schema["anyOf"]
            schema |= kinds[0]
