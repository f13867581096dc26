"""A worker of identity in a process of its own, for being killed: runs the tasks and nothing else."""

import asyncio

from common.tasks.worker import TaskWorker
from identity.settings import IdentitySettings
from identity.tasks import TASKS
from identity.worker import create_worker


async def main() -> None:
    worker = create_worker(IdentitySettings())
    await TaskWorker(worker.context, TASKS, poll_seconds=0.05).run()


if __name__ == "__main__":
    asyncio.run(main())
