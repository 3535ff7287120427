"""The documents of a bulletin: Word, PDF, and the list of named units as a spreadsheet."""

import hashlib

from fastapi import APIRouter
from fastapi.responses import Response

from domain import bulletin as rules
from domain.bulletin import Bulletin
from services.api import bulletin_responses, downloads
from services.api.deps import Caller, Services, Wired
from services.api.door import Door
from services.api.downloads import Download
from services.api.routers.bulletins import BulletinId, visible

router = APIRouter(prefix="/v1/bulletins", tags=["通报"], route_class=Door)


@router.get(
    "/{bulletin_id}.docx",
    summary="通报（Word）",
    operation_id="get_bulletin_docx",
    response_class=Response,
    responses=bulletin_responses.document(downloads.DOCX),
)
async def docx(bulletin_id: BulletinId, person: Caller, services: Wired) -> Response:
    """印发的是印发时的原件，核对哈希；未印发的按现在的文稿生成，发文字号处注明。"""
    return await _document(services, await visible(services, person, bulletin_id), "docx")


@router.get(
    "/{bulletin_id}.pdf",
    summary="通报（PDF）",
    operation_id="get_bulletin_pdf",
    response_class=Response,
    responses=bulletin_responses.document(downloads.PDF),
)
async def pdf(bulletin_id: BulletinId, person: Caller, services: Wired) -> Response:
    """版式符合 GB/T 9704-2012，字体嵌入文件，在任何设备上样子相同。"""
    return await _document(services, await visible(services, person, bulletin_id), "pdf")


@router.get(
    "/{bulletin_id}.xlsx",
    summary="通报名单（电子表格）",
    operation_id="get_bulletin_xlsx",
    response_class=Response,
    responses=bulletin_responses.document(downloads.XLSX),
)
async def xlsx(bulletin_id: BulletinId, person: Caller, services: Wired) -> Response:
    """通报点名的单位；只有单位，没有个人信息。导出记入访问留痕。"""
    found = await visible(services, person, bulletin_id)
    file = await _file(services, found, "xlsx")
    counts = rules.paper.named(found)
    return await downloads.exported(services, person, "get_bulletin_xlsx", found.id, file, counts)


async def _document(services: Services, found: Bulletin, suffix: str) -> Response:
    return downloads.response(await _file(services, found, suffix))


async def _file(services: Services, found: Bulletin, suffix: str) -> Download:
    """What was issued, or what would be now."""
    papers = services.bulletins.papers
    if found.files:
        content = await papers.kept(found, suffix)
    else:
        frozen = await services.bulletins.reading.frozen(found.collection_id)
        content = (await papers.made(found, frozen))[suffix]
    name = found.title if found.number is None else f"{found.title}（{found.number}）"
    return Download(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        name=name,
        plain=found.id,
        suffix=suffix,
    )
