"""A worker of tasks as a process of its own, to be killed: python -m tests.common.tasks.worker_process."""

import asyncio
import os
from datetime import timedelta

from common.http import ServiceContext
from common.settings import CommonSettings
from common.tasks.worker import TaskWorker

from .kinds import KINDS


async def main() -> None:
    settings = CommonSettings(
        database_url=os.environ["SAMPLE_DATABASE_URL"],  # type: ignore[arg-type]
        relay_database_url=os.environ["SAMPLE_RELAY_DATABASE_URL"],  # type: ignore[arg-type]
        database_pool_size=3,
    )
    context = ServiceContext.make("sample", settings)
    await TaskWorker(context, KINDS, slots=2, lease=timedelta(seconds=1), poll_seconds=0.1).run()


if __name__ == "__main__":
    asyncio.run(main())
