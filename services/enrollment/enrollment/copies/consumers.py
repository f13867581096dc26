"""Handlers of identity's events: they keep the copies."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext
from common.contracts.identity import (
    MemberBound,
    MemberChanged,
    MembersAdmitted,
    MemberTransferred,
    UnitApproved,
    UnitReturned,
    UnitsSnapshot,
)

from .repository import CopyRepository


async def on_unit_approved(session: AsyncSession, event: UnitApproved, context: ConsumerContext) -> None:
    """A unit may enrol."""
    await CopyRepository(session, context.envelope.tenantid).take_units([event.unit])


async def on_unit_returned(session: AsyncSession, event: UnitReturned, context: ConsumerContext) -> None:
    """A unit's profile was returned."""
    await CopyRepository(session, context.envelope.tenantid).take_units([event.unit])


async def on_units_snapshot(session: AsyncSession, event: UnitsSnapshot, context: ConsumerContext) -> None:
    """Units told again."""
    await CopyRepository(session, context.envelope.tenantid).take_units(event.units)


async def on_members_admitted(
    session: AsyncSession, event: MembersAdmitted, context: ConsumerContext
) -> None:
    """Persons entered the register, or are told again."""
    await CopyRepository(session, context.envelope.tenantid).take_persons(event.members)


async def on_member_changed(session: AsyncSession, event: MemberChanged, context: ConsumerContext) -> None:
    """A person's facts changed."""
    await CopyRepository(session, context.envelope.tenantid).take_persons([event.member])


async def on_member_transferred(
    session: AsyncSession, event: MemberTransferred, context: ConsumerContext
) -> None:
    """A person moved to another unit."""
    await CopyRepository(session, context.envelope.tenantid).take_persons([event.member])


async def on_member_bound(session: AsyncSession, event: MemberBound, context: ConsumerContext) -> None:
    """A person has an app account."""
    await CopyRepository(session, context.envelope.tenantid).take_persons([event.member])
