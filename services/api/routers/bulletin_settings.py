"""How bulletins are made here: the policy (通报规定), and the templates that the office edits in its word processor."""

import hashlib
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from domain import access
from domain import bulletin as rules
from domain.bulletin import BulletinKind, Policy
from domain.errors import Refused
from domain.requests import Answer
from services.api import bulletin_bodies, bulletin_responses, downloads, responses
from services.api.commands import request_of
from services.api.deps import Caller, IdempotencyKey, Services, Wired
from services.api.door import Door
from services.api.downloads import Download
from services.api.editors import editor
from services.api.problems import refusal, respond
from services.api.routers.hazards import REPLAYED

router = APIRouter(prefix="/v1/bulletins", tags=["通报"], route_class=Door)

KindOf = Annotated[BulletinKind, Path(description="种类")]


class BulletinPolicyView(bulletin_bodies.PolicyOfBulletins):
    """通报规定."""

    version: int = Field(description="版本；0 为未设定时的默认")
    separation: str = Field(description="职责分离的规定")


class TemplateView(BaseModel):
    """A template that the office made."""

    kind: BulletinKind
    version: int
    sha256: str = Field(description="模板的 SHA-256")
    size: int = Field(description="字节数")
    at: datetime
    post_id: str


class TemplatesView(BaseModel):
    """Every template, the last version of a kind being in force."""

    items: list[TemplateView]


@router.get("/policy", summary="通报规定", operation_id="get_bulletin_policy", responses=responses.READ)
async def policy(_person: Caller, services: Wired) -> BulletinPolicyView:
    """红头、机关代字、主送与抄送、工作要求、是否自动签发，以及职责分离的规定。"""
    return _view(await services.bulletins.settings.policy(services.bulletins.district))


@router.put(
    "/policy",
    summary="修改通报规定",
    operation_id="put_bulletin_policy",
    response_model=BulletinPolicyView,
    responses=bulletin_responses.EDIT,
)
async def put_policy(
    body: bulletin_bodies.PolicyOfBulletins, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """载入一版规定，只管此后拟的通报。自动签发默认关闭。"""
    by = editor(person, services.clock())
    request = request_of(person, key, "bulletins/policy", body)
    if earlier := await services.requests.claim(request, by.now):
        return respond(earlier, headers=REPLAYED)
    given = body.model_dump()
    try:
        for name in ("organ", "flag", "addressees", "copies_to", "printer"):
            rules.personal.check(given[name] or "", name)
        for demand in given["demands"]:
            rules.personal.check(demand, "demands")
        wanted = Policy(**given | {"demands": tuple(given["demands"])})
        added = await services.bulletins.settings.add_policy(wanted, by.person_id, by.post_id, by.now)
        answer = Answer(status=200, body=_view(added).model_dump(mode="json"))
    except Refused as refused:
        answer = refusal(refused)
    await services.requests.answer(request, answer)
    return respond(answer)


@router.get(
    "/templates",
    summary="通报模板",
    operation_id="list_bulletin_templates",
    responses=bulletin_responses.READ_RECORD,
)
async def listed(person: Caller, services: Wired) -> TemplatesView:
    """本单位上传的模板；没有的用标准模板。"""
    access.check("list_bulletin_templates", person.actor)
    rows = await services.bulletins.settings.templates()
    return TemplatesView(items=[TemplateView(**row) for row in rows])


@router.get(
    "/templates/{kind}.docx",
    summary="下载通报模板",
    operation_id="get_bulletin_template",
    response_class=Response,
    responses=bulletin_responses.READ_RECORD
    | {200: {"description": "文件内容", "content": {downloads.DOCX: {}}}},
)
async def template(kind: KindOf, person: Caller, services: Wired) -> Response:
    """现行模板，可在文字处理软件中修改后再上传；变量写作 {{ 标题 }}，见 docs/bulletins.md。"""
    access.check("get_bulletin_template", person.actor)
    content = await _current(services, kind)
    sha256 = hashlib.sha256(content).hexdigest()
    name = f"{kind.label}模板"
    return downloads.response(
        Download(content=content, sha256=sha256, name=name, plain=f"template-{kind.value}", suffix="docx")
    )


@router.post(
    "/templates",
    status_code=201,
    summary="上传通报模板",
    operation_id="upload_bulletin_template",
    response_model=TemplateView,
    responses=bulletin_responses.UPLOAD,
)
async def upload(
    kind: Annotated[BulletinKind, Query(description="种类")],
    file: UploadFile,
    sent: Request,
    person: Caller,
    services: Wired,
    key: IdempotencyKey,
) -> JSONResponse:
    """上传修改过的模板，只管此后拟的通报。含有不认识的变量、宏、外部引用的模板不予接受，并指明是哪个变量。"""
    if len((await sent.form()).multi_items()) != 1:
        raise RequestValidationError([{"type": "repeated", "loc": ("body", "file"), "msg": ""}])
    by = editor(person, services.clock())
    content = await file.read()
    request = request_of(
        person, key, f"bulletins/templates/{kind.value}", hashlib.sha256(content).hexdigest()
    )
    if earlier := await services.requests.claim(request, by.now):
        return respond(earlier, headers=REPLAYED)
    try:
        await services.bulletins.papers.check(content)
        settings = services.bulletins.settings
        version = await settings.put_template(kind, content, by.person_id, by.post_id, by.now)
        view = TemplateView(
            kind=kind,
            version=version,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            at=by.now,
            post_id=by.post_id,
        )
        answer = Answer(status=201, body=view.model_dump(mode="json"))
    except Refused as refused:
        answer = refusal(refused)
    await services.requests.answer(request, answer)
    return respond(answer)


async def _current(services: Services, kind: BulletinKind) -> bytes:
    settings = services.bulletins.settings
    sha256 = await settings.current(kind)
    content = None if sha256 is None else await settings.template(sha256)
    # brought in where a document is made: start-up does without the libraries of documents
    from adapters.documents import standard

    return content or standard.template(kind.value)


def _view(policy: Policy) -> BulletinPolicyView:
    return BulletinPolicyView(**vars(policy) | {"demands": list(policy.demands)}, separation=rules.SEPARATION)
