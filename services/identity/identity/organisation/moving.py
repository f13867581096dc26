"""Moving a branch: its branches, units and staff follow in the same transaction, and the other services are told."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth.tokens import subject_key
from common.contracts.identity import UnitsSnapshot
from common.events import emit
from common.http import ServiceContext
from common.ids import new_id

from ..units.facts import fact_of
from .repository import OrganisationRepository

BATCH = 500


async def follow(session: AsyncSession, *, context: ServiceContext, old: str, new: str) -> int:
    """Let everything at and below the path `old` stand at `new`; return how many units that concerned.

    Staff whose place in the tree changes refresh their tokens: what they may see stands in them.
    """
    tree = OrganisationRepository.of(session)
    await session.flush()
    await tree.move_nodes(old=old, new=new)
    unit_ids = await tree.move_units(old=old, new=new)
    for start in range(0, len(unit_ids), BATCH):
        units = await tree.units_of(unit_ids[start : start + BATCH])
        emit(session, UnitsSnapshot(snapshot_id=new_id(), units=[fact_of(unit) for unit in units]))
    for account_id, epoch in (await tree.move_staff(old=old, new=new)).items():
        await context.epochs.raise_to(subject_key(tree.tenant_id, account_id), epoch)
    return len(unit_ids)
