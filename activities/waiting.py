"""Waiting inside an activity: for as long as it takes, heartbeating, and no longer than the worker lives."""

import asyncio
from collections.abc import Awaitable
from typing import Final

from temporalio import activity

HEARTBEAT_SECONDS: Final = 2.0


async def before_shutdown(awaited: Awaitable[object]) -> bool:
    """Wait for something, heartbeating; false when the worker shuts down first."""
    waiting = asyncio.ensure_future(awaited)
    closing = asyncio.ensure_future(activity.wait_for_worker_shutdown())
    try:
        while not waiting.done():
            await asyncio.wait(
                {waiting, closing}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if closing.done():
                return False
            activity.heartbeat()
        waiting.result()
        return True
    finally:
        closing.cancel()
        waiting.cancel()
        await asyncio.gather(closing, waiting, return_exceptions=True)
