"""The recognition process: reads documents of all tenants until told to stop (`huzhu recognition`)."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from typing import cast

from common.consumer.worker import PROBE_HOST
from common.http import ServiceContext
from common.http.probe import serve_probe
from common.settings import CommonSettings

from .bucket import bucket_ready
from .extras import make_context
from .queue.lane import Lane
from .settings import OcrSettings


async def recognize_documents(context: ServiceContext, *, workers: int) -> None:
    """Run so many lanes until cancelled; each has a reading process of its own."""
    async with asyncio.TaskGroup() as group:
        for number in range(workers):
            group.create_task(Lane(context).run(), name=f"lane-{number}")


def run_recognition(settings: CommonSettings) -> None:
    """Run the process until it is told to stop."""
    asyncio.run(run(cast(OcrSettings, settings)))


async def run(settings: OcrSettings | None = None) -> None:
    """Recognise until SIGTERM or SIGINT; with HUZHU_PROBE_PORT, answer /healthz, /readyz and /metrics there."""
    settings = settings or OcrSettings()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with AsyncExitStack() as stack:
        context = make_context(settings)
        stack.push_async_callback(context.close)
        await stack.enter_async_context(bucket_ready(context))
        tasks = [asyncio.create_task(recognize_documents(context, workers=settings.workers), name="lanes")]
        if port := int(os.environ.get("HUZHU_PROBE_PORT", "0")):
            tasks.append(
                asyncio.create_task(serve_probe([context], host=PROBE_HOST, port=port), name="probe")
            )
        waiter = asyncio.create_task(stop.wait())
        await asyncio.wait([*tasks, waiter], return_when=asyncio.FIRST_COMPLETED)
        failed = [task for task in tasks if task.done()]
        for task in (*tasks, waiter):
            task.cancel()
        await asyncio.gather(*tasks, waiter, return_exceptions=True)
        for task in failed:
            task.result()
