"""Who looked, exported, wrote and was refused (访问留痕), and the daily seals, for oversight alone.

Invariant: nothing here changes anything, and no row holds a name or a number of anybody.
"""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field

from adapters.postgres.access_log import Sought
from domain.access_log import Access, AccessKind
from services.api import parameters, patterns, responses
from services.api.deps import Caller, Limit, Wired
from services.api.door import Door
from services.api.views import Page

router = APIRouter(prefix="/v1/audit", tags=["留痕"], route_class=Door)

Before = Annotated[
    Annotated[int, Field(ge=1, le=2**31 - 1), BeforeValidator(parameters.whole)] | None,
    Query(description="上一页的 next"),
]


class AccessView(BaseModel):
    """One row of the access log."""

    seq: int = Field(description="第几条")
    at: datetime
    kind: AccessKind = Field(description="做了什么")
    kind_label: str = Field(description="做了什么的中文名")
    outcome: str = Field(
        description="结果：ok 成功、empty 没有登记、unknown 未及答复而不知是否成功，被拒绝的为 HTTP 状态码"
    )
    person_id: str | None
    post_id: str | None = Field(description="以哪个岗位")
    on_behalf_of: str | None
    subject: str | None = Field(description="对什么：操作与编号")
    channel: str
    request_id: str | None
    reason: str | None
    hash: str


class SealView(BaseModel):
    """A daily seal."""

    number: int = Field(description="第几号")
    day: date = Field(description="封存日（当地）")
    at: datetime
    prev: str = Field(description="上一号的哈希")
    chains: int = Field(description="自上一号以来有新记录的链数")
    heads: str = Field(description="所列各链末条的摘要")
    hash: str = Field(description="封存的哈希")
    key: str = Field(description="签名公钥（Ed25519，十六进制）")
    signature: str = Field(description="对哈希的签名（十六进制）")


Kind = Annotated[AccessKind | None, Query(description="只看这一种")]
Of = Annotated[str | None, Query(pattern=patterns.CODE, description="只看此人")]
About = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}$", description="只看对此的，如 people/p-office/contact"
    ),
]
Outcome = Annotated[str | None, Query(pattern=patterns.CODE, description="只看这一结果")]
Since = Annotated[AwareDatetime | None, Query(description="自何时起")]
Until = Annotated[AwareDatetime | None, Query(description="到何时止，不含")]


@router.get("/access", summary="访问留痕", operation_id="list_accesses", responses=responses.AUDIT)
async def accesses(
    _person: Caller,
    services: Wired,
    kind: Kind = None,
    person_id: Of = None,
    subject: About = None,
    outcome: Outcome = None,
    since: Since = None,
    until: Until = None,
    cursor: Before = None,
    limit: Limit = 50,
) -> Page[AccessView]:
    """登录、查看号码、导出、写入与被拒绝的访问，新的在前；案卷上的办理见各案的办理过程。只供纪检监督查看。"""
    sought = Sought(
        kind=kind, person_id=person_id, subject=subject, outcome=outcome, since=since, until=until
    )
    rows = await services.access_log.page(sought, cursor, limit + 1)
    items = [_access(row) for row in rows[:limit]]
    return Page(items=items, next=str(items[-1].seq) if len(rows) > limit else None)


@router.get("/seals", summary="每日封存", operation_id="list_seals", responses=responses.AUDIT)
async def seals(_person: Caller, services: Wired, cursor: Before = None, limit: Limit = 50) -> Page[SealView]:
    """每日对全部留痕末条的封存与签名，新的在前；记下其中一号的 hash，日后即可核对整套留痕。"""
    rows = await services.seals.page(cursor, limit + 1)
    items = [SealView(**vars(row)) for row in rows[:limit]]
    return Page(items=items, next=str(items[-1].number) if len(rows) > limit else None)


def _access(row: Access) -> AccessView:
    fields = {name: value for name, value in vars(row).items() if name != "prev"}
    return AccessView(**fields | {"kind_label": AccessKind(row.kind).label})
