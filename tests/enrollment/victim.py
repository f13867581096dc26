"""A worker of its own for one tenant: checks rosters and issues policies until it is killed.

python -m tests.enrollment.victim TENANT
"""

import asyncio
import sys
from uuid import UUID

from enrollment.imports.jobs import check_rosters
from enrollment.issuing import jobs
from enrollment.worker import create_worker


async def main(tenant_id: UUID) -> None:
    context = create_worker().context
    jobs.PEOPLE = 100
    while True:
        await check_rosters(context, tenant_id)
        await jobs.issue_policies(context, tenant_id)
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1])))
