"""Signs of life for supervisors and load balancers."""

import asyncio
from collections.abc import Awaitable
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from domain.errors import Temporary
from services.api.deps import Wired

router = APIRouter(tags=["运行状况"])

Part = Literal["engine", "database"]


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """Whether requests can be served, and what is away."""

    status: Literal["ready", "not_ready"]
    degraded: list[Part]


@router.get("/healthz", summary="进程存活", operation_id="get_health", response_description="在应答")
async def health() -> Health:
    """进程在应答，不问数据库和引擎。"""
    return Health()


@router.get(
    "/readyz",
    summary="可以服务",
    operation_id="get_readiness",
    response_model=Readiness,
    response_description="可以服务",
    responses={503: {"model": Readiness, "description": "数据库不可用"}},
)
async def ready(services: Wired) -> JSONResponse:
    """数据库可用即可服务；引擎离线时仍可上报和查询（degraded 列出不可用的部分）。"""
    checks: dict[Part, Awaitable[None]] = {
        "database": services.database.ping(),
        "engine": services.gateway.ping(),
    }
    answers = await asyncio.gather(*(_answers(check) for check in checks.values()))
    away = [part for part, answered in zip(checks, answers, strict=True) if not answered]
    readiness = Readiness(status="not_ready" if "database" in away else "ready", degraded=away)
    return JSONResponse(readiness.model_dump(), status_code=503 if "database" in away else 200)


async def _answers(check: Awaitable[None]) -> bool:
    try:
        await check
    except Temporary:
        return False
    return True
