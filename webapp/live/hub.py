"""What a web process runs beside its requests, so that its tabs hear of changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from webapp.core.system import System
from webapp.live import watch
from webapp.live.feed import Hub, make_feed


@asynccontextmanager
async def running_hub(system: System) -> AsyncIterator[Hub]:
    """The process's hub, with its feed and its look at the workers running."""
    hub = Hub()
    feed = make_feed(system, hub)
    tasks = [asyncio.create_task(one) for one in (feed.run(), watch.run(system, hub))]
    try:
        yield hub
    finally:
        feed.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
