"""Use cases of snapshots: asked for, then sent batch by batch while everything runs.

Facts carry their versions, so a copy that is newer than the snapshot keeps what it has.
"""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.contracts.identity import MembersAdmitted, StaffSnapshot, UnitsSnapshot
from common.events import emit
from common.http import ServiceContext
from common.ids import new_id
from common.tenancy import current_pack

from ..accounts.language import tell_language
from ..accounts.repository import AccountRepository
from ..members.facts import fact_of as person_fact
from ..members.repository import MemberRepository
from ..staff.facts import fact_of as staff_fact
from ..staff.repository import StaffRepository
from ..tenants.repository import TenantsRepository
from ..tenants.service import configured_event
from ..units.facts import fact_of as unit_fact
from ..units.repository import UnitRepository
from .models import SnapshotRequest
from .repository import SnapshotRepository
from .schemas import Fact, SnapshotRead

BATCH = 500


async def request_snapshot(session: AsyncSession, *, actor: Actor, fact: Fact) -> SnapshotRead:
    """Ask for all facts of one sort to be sent again; a worker does it within seconds."""
    request = SnapshotRepository.of(session).add(
        SnapshotRequest(id=new_id(), fact=fact, requested_by=actor.id, sent=0)
    )
    await session.flush()
    await record(
        session, actor_id=actor.id, action="snapshot.requested", subject=f"snapshot:{request.id}", detail={"fact": fact}
    )  # fmt: skip
    return SnapshotRead.model_validate(request, from_attributes=True)


async def send_snapshots(context: ServiceContext, tenant_id: UUID) -> None:
    """Send what is asked for, one batch for each transaction; killed anywhere, it goes on where it was."""
    more = True
    while more:
        async with context.db.transaction(tenant_id) as session:
            more = await send_batch(session)


async def send_batch(session: AsyncSession) -> bool:
    """Send the next batch of the oldest open request; return whether there was one."""
    request = await SnapshotRepository.of(session).next_open()
    if request is None:
        return False
    senders = {
        "tenants": _send_tenant,
        "units": _send_units,
        "members": _send_members,
        "staff": _send_staff,
        "languages": _send_languages,
    }
    send = senders[request.fact]
    ids = await send(session, request.after)
    request.advance(after=ids[-1] if len(ids) == BATCH else None, sent=len(ids))
    return True


async def _send_units(session: AsyncSession, after: UUID | None) -> list[UUID]:
    units = await UnitRepository.of(session).after(after, limit=BATCH)
    if units:
        emit(session, UnitsSnapshot(snapshot_id=new_id(), units=[unit_fact(unit) for unit in units]))
    return [unit.id for unit in units]


async def _send_members(session: AsyncSession, after: UUID | None) -> list[UUID]:
    people = await MemberRepository.of(session).after(after, limit=BATCH)
    if people:
        emit(session, MembersAdmitted(batch_id=new_id(), members=[person_fact(p) for p in people]))
    return [person.id for person in people]


async def _send_staff(session: AsyncSession, after: UUID | None) -> list[UUID]:
    staff = await StaffRepository.of(session).after(after, limit=BATCH)
    if staff:
        emit(session, StaffSnapshot(snapshot_id=new_id(), staff=[staff_fact(account) for account in staff]))
    return [account.id for account in staff]


async def _send_languages(session: AsyncSession, after: UUID | None) -> list[UUID]:
    accounts = await AccountRepository.of(session).with_language(after, limit=BATCH)
    for account in accounts:
        tell_language(session, account)
    return [account.id for account in accounts]


async def _send_tenant(session: AsyncSession, after: UUID | None) -> list[UUID]:
    """Send every published version of the tenant's pack, oldest first: rows remember the version they began with."""
    tenants, code = TenantsRepository.of(session), (await current_pack(session)).code
    published = [pack for pack in reversed(await tenants.packs()) if pack.status == "published"]
    for version in published:
        emit(session, await configured_event(tenants, version, code))
    return [version.id for version in published]
