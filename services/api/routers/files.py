"""Evidence files: upload once, cite anywhere, read what one may see."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Path, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from adapters.objects import original_key, served_key
from domain import access
from domain.errors import Kind, Refused
from domain.evidence import MediaType, StoredFile
from domain.requests import Answer
from services.api import patterns, responses
from services.api.commands import request_by
from services.api.deps import Caller, IdempotencyKey, Services, Wired
from services.api.door import Door
from services.api.problems import respond
from services.api.routers.hazards import REPLAYED

router = APIRouter(prefix="/v1/files", tags=["佐证材料"], route_class=Door)

FileId = Annotated[
    str,
    Path(
        pattern=patterns.FILE_ID,
        description="文件编号",
        examples=["f-0123456789abcdef0123456789abcdef"],
    ),
]


class FileView(BaseModel):
    """A stored file."""

    id: str = Field(examples=["f-0123456789abcdef0123456789abcdef"])
    sha256: str = Field(description="原件的 SHA-256，写入留痕")
    served_sha256: str = Field(description="提供查看的副本的 SHA-256（已去除位置等信息）")
    media_type: MediaType
    size: int = Field(description="原件字节数")
    width: int | None
    height: int | None
    pages: int | None
    href: str


def file_id(sha256: str) -> str:
    """The id of a file, from the SHA-256 (hex) of its original: the same bytes are the same file."""
    return f"f-{sha256[:32]}"


@router.post(
    "",
    status_code=201,
    summary="上传佐证材料",
    operation_id="upload_file",
    response_model=FileView,
    responses=responses.UPLOAD,
)
async def upload(
    file: UploadFile, sent: Request, person: Caller, services: Wired, key: IdempotencyKey
) -> JSONResponse:
    """上传照片（JPEG、PNG、WebP）或 PDF。按内容识别类型，去除位置信息；同一文件只存一份。"""
    await only_one(sent)
    return await keep(file, services, person.actor.person_id, key)


async def only_one(sent: Request) -> None:
    """Refuse a form with more in it than one file. Raises ``RequestValidationError``."""
    if len((await sent.form()).multi_items()) != 1:
        raise RequestValidationError([{"type": "repeated", "loc": ("body", "file"), "msg": ""}])


async def keep(file: UploadFile, services: Services, principal: str, key: str) -> JSONResponse:
    """Check a file and keep it as uploaded by ``principal``; the first answer to the key is the answer."""
    now = services.clock()
    data = await file.read()
    request = request_by(principal, key, "upload", hashlib.sha256(data).hexdigest())
    if earlier := await services.requests.claim(request, now):
        return respond(earlier, headers=REPLAYED)
    inspected = await services.inspector.inspect(data)
    stored = StoredFile(
        id=file_id(inspected.sha256),
        sha256=inspected.sha256,
        served_sha256=inspected.served_sha256,
        media_type=inspected.media_type,
        size=len(data),
        width=inspected.width,
        height=inspected.height,
        pages=inspected.pages,
    )
    await services.objects.put(original_key(stored.sha256), data)
    await services.objects.put(served_key(stored.served_sha256), inspected.served)
    await services.files.put(stored, principal, now)
    # the same bytes uploaded before keep the copy that was made then
    stored = (await services.files.visible([stored.id], principal, frozenset()))[stored.id]
    view = FileView(**vars(stored), href=f"/v1/files/{stored.id}")
    answer = Answer(status=201, body=view.model_dump(mode="json"))
    await services.requests.answer(request, answer)
    return respond(answer)


@router.get(
    "/{file_id}",
    summary="查看佐证材料",
    operation_id="get_file",
    response_class=Response,
    responses=responses.FILE
    | {200: {"description": "文件内容", "content": {media.value: {} for media in MediaType}}},
)
async def read(file_id: FileId, person: Caller, services: Wired) -> Response:
    """查看去除位置信息后的副本；核对哈希，被改动的文件不予提供。"""
    units = access.visible_units("get_file", person.actor)
    known = await services.files.visible([file_id], person.actor.person_id, units)
    if file_id not in known:
        raise Refused(Kind.UNKNOWN, "file_unknown", "没有这个文件")
    stored = known[file_id]
    content = await services.objects.get(served_key(stored.served_sha256), stored.served_sha256)
    suffix = stored.media_type.value.rpartition("/")[2]
    headers = {
        "Content-Disposition": f'attachment; filename="{stored.id}.{suffix}"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "ETag": f'"{stored.served_sha256}"',
    }
    return Response(content, media_type=stored.media_type.value, headers=headers)
