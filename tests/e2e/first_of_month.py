"""Noon of a month's first day for one union: the worker's own jobs, run beside a platform that has not come to it yet.

python -m tests.e2e.first_of_month TENANT 2026-12-01
"""

import asyncio
import sys
from datetime import UTC, date, datetime
from uuid import UUID

from common import clock
from common.clock import BUSINESS_ZONE
from enrollment.extras import make_context
from enrollment.renewals.jobs import list_renewals, tell_renewals
from enrollment.settings import Settings


async def main(tenant: UUID, first: date) -> None:
    context = make_context(Settings())
    noon = datetime(first.year, first.month, first.day, 12, 0, 5, tzinfo=BUSINESS_ZONE).astimezone(UTC)
    try:
        with clock.set_to(noon):
            await list_renewals(context, tenant)
            await tell_renewals(context, tenant)
    finally:
        await context.close()


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1]), date.fromisoformat(sys.argv[2])))
