"""Signs of life for supervisors and load balancers."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from domain.errors import Temporary
from services.api.deps import Wired

router = APIRouter(tags=["运行状况"])


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether requests can be served, and what is away."""

    status: Literal["ready", "not_ready"]
    degraded: list[Literal["engine", "database"]]


@router.get("/healthz", summary="进程存活", operation_id="get_health")
async def health() -> Health:
    """The process answers."""
    return Health()


@router.get(
    "/readyz",
    summary="可以服务",
    operation_id="get_readiness",
    response_model=Readiness,
    responses={503: {"model": Readiness, "description": "数据库不可用"}},
)
async def ready(services: Wired) -> JSONResponse:
    """数据库可用即可服务；引擎离线时仍可上报和查询（degraded 列出不可用的部分）。."""
    away: list[Literal["engine", "database"]] = []
    try:
        await services.database.ping()
    except Temporary:
        away.append("database")
    try:
        await services.gateway.ping()
    except Temporary:
        away.append("engine")
    readiness = Readiness(status="not_ready" if "database" in away else "ready", degraded=away)
    return JSONResponse(readiness.model_dump(), status_code=503 if "database" in away else 200)
