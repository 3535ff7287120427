"""What the holder of a link may do: see what the case is, upload, comment; on that case and nothing else.

Invariant: no address here names a case; which one it is stands in the link, and its holder has no person and no post.
"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Request, UploadFile
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from adapters.postgres.links import MOST_COMMENTS, MOST_UPLOADS, Link
from domain import hazard
from domain.errors import Kind, Refused, Temporary
from domain.evidence import Evidence, EvidenceKind
from domain.hazard import Case, Remark, Stage
from domain.requests import Answer
from services.api import bodies
from services.api import identity_responses as responses
from services.api.commands import request_by, unknown
from services.api.deps import IdempotencyKey, Services, Wired
from services.api.gates import Holder, LinkDoor
from services.api.patterns import FileId, Text
from services.api.problems import refusal, respond
from services.api.routers.files import FileView, keep, only_one
from services.api.routers.hazards import REPLAYED

router = APIRouter(prefix="/v1/link", tags=["单案链接"], route_class=LinkDoor)


class LinkedCaseView(BaseModel):
    """The case as an outsider sees it."""

    hazard_id: str = Field(description="案号")
    unit_name: str
    place: str
    description: str
    stage: Stage
    stage_label: str
    purpose: str = Field(description="给谁、做什么用")
    expires_at: datetime = Field(description="链接失效时间")
    uploads_left: int = Field(description="还可上传几份")
    comments_left: int = Field(description="还可留言几条")


class Comment(BaseModel):
    """A comment with files that were uploaded by the same link."""

    model_config = bodies.like(
        note="已按要求更换防火门，见照片", files=["f-0123456789abcdef0123456789abcdef"]
    )

    note: Text = Field(description="留言")
    files: Annotated[list[FileId], Field(default_factory=list, max_length=20, description="已上传的文件编号")]


class CommentedView(BaseModel):
    """A comment that is on record."""

    hazard_id: str = Field(description="案号")
    seq: int = Field(description="留痕第几条")


@router.get("", summary="链接所指的隐患", operation_id="get_linked_hazard", responses=responses.MINE)
async def linked(link: Holder, services: Wired) -> LinkedCaseView:
    """链接所指的一件隐患的概况，以及链接的期限与余量。"""
    case = await _case(services, link)
    return LinkedCaseView(
        hazard_id=case.id,
        unit_name=case.unit_name,
        place=case.place,
        description=case.description,
        stage=case.stage,
        stage_label=case.stage.label,
        purpose=link.purpose,
        expires_at=link.expires_at,
        uploads_left=max(MOST_UPLOADS - link.uploads, 0),
        comments_left=max(MOST_COMMENTS - link.comments, 0),
    )


@router.post(
    "/files",
    status_code=201,
    summary="凭链接上传材料",
    operation_id="upload_file_by_link",
    response_model=FileView,
    responses=responses.UPLOAD_BY_LINK,
)
async def upload(
    file: UploadFile, sent: Request, link: Holder, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """上传照片或 PDF，要求同“上传佐证材料”；随后在留言中引用。"""
    await only_one(sent)
    if not await services.links.uploaded(link.id):
        raise Refused(Kind.CONFLICT, "link_used_up", "该链接可上传的份数已用完")
    return await keep(file, services, link.principal, key)


@router.post(
    "/comments",
    status_code=201,
    summary="凭链接留言",
    operation_id="comment_by_link",
    response_model=CommentedView,
    responses=responses.COMMENT,
)
async def comment(body: Comment, link: Holder, services: Wired, key: IdempotencyKey) -> JSONResponse:
    """对这一件隐患留言，写入留痕（途径为 link，不记人员）；不改变环节、时限与佐证。"""
    request = request_by(link.principal, key, "comment", body)
    if earlier := await services.requests.claim(request, services.clock()):
        return respond(earlier, headers=REPLAYED)
    try:
        case = await _case(services, link)
        hazard.check_remark(case)
        evidence = await _evidence(services, link, body.files)
        if not await services.links.commented(link.id):
            raise Refused(Kind.CONFLICT, "link_used_up", "该链接可留言的条数已用完")
        answer = await _said(services, case, Remark(request_id=request.id, note=body.note, evidence=evidence))
    except Refused as refused:
        answer = refusal(refused)
    await services.requests.answer(request, answer)
    return respond(answer)


async def _said(services: Services, case: Case, given: Remark) -> Answer:
    try:
        done = await services.engine.remark(case.id, given)
    except Refused as refused:
        if refused.code != "not_running":
            raise
        await services.engine.start(case)
        raise Temporary("engine") from refused
    view = CommentedView(hazard_id=case.id, seq=done.seq)
    return Answer(status=201, body=view.model_dump(mode="json"))


async def _case(services: Services, link: Link) -> Case:
    case = await services.read_model.case(link.case_id, [link.unit_id])
    if case is None:
        raise Refused(Kind.UNKNOWN, "hazard_unknown", "没有这个案号")
    return case


async def _evidence(services: Services, link: Link, files: list[str]) -> tuple[Evidence, ...]:
    """Files that came by the same link; what they prove is for somebody with a post to say."""
    known = await services.files.visible(files, link.principal, frozenset())
    if set(files) - set(known):
        raise unknown("file_unknown", "没有这个文件，请先凭本链接上传", "files")
    return tuple(
        Evidence(kind=EvidenceKind.OTHER, file_id=one, sha256=known[one].sha256)
        for one in dict.fromkeys(files)
    )
