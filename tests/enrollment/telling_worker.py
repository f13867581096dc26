"""A worker of its own that tells the units of one tenant, as if it were the given moment; for the kill test."""

import asyncio
import os
import sys
from datetime import datetime
from uuid import UUID

from common import clock
from enrollment.extras import make_context
from enrollment.renewals.telling import tell_units
from enrollment.settings import Settings


async def main(tenant: UUID, moment: datetime) -> None:
    context = make_context(Settings())
    idle = 0
    with clock.set_to(moment):
        while idle < 20:
            async with context.db.transaction(tenant) as session:
                went_on = await tell_units(session, tenant_id=tenant, units=3)
                if went_on:
                    print(os.getpid(), flush=True)
                # The transaction stays open for a moment: this is where a kill hurts most.
                await asyncio.sleep(0.02)
            idle = 0 if went_on else idle + 1
    await context.close()


if __name__ == "__main__":
    asyncio.run(main(UUID(sys.argv[1]), datetime.fromisoformat(sys.argv[2])))
