"""Events that keep the copies; their snapshots rebuild them while everything runs."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, Subscription, subscribe
from common.contracts.enrollment import PoliciesIssued, PolicyTerminated
from common.contracts.identity import (
    MemberBound,
    MemberChanged,
    MembersAdmitted,
    MemberTransferred,
    MemberUnbound,
    PersonFact,
    UnitApproved,
    UnitReturned,
    UnitsSnapshot,
)

from . import service


async def _keep(session: AsyncSession, members: Sequence[PersonFact], context: ConsumerContext) -> None:
    keys = await context.service.keyring.for_tenant(session)
    await service.keep_persons(session, tenant_id=context.envelope.tenantid, members=members, keys=keys)


async def on_members_admitted(
    session: AsyncSession, event: MembersAdmitted, context: ConsumerContext
) -> None:
    """Keep up to 500 persons."""
    await _keep(session, event.members, context)


async def on_member_changed(session: AsyncSession, event: MemberChanged, context: ConsumerContext) -> None:
    """Keep a person's new facts."""
    await _keep(session, [event.member], context)


async def on_member_transferred(
    session: AsyncSession, event: MemberTransferred, context: ConsumerContext
) -> None:
    """Keep a person's new unit."""
    await _keep(session, [event.member], context)


async def on_member_bound(session: AsyncSession, event: MemberBound, context: ConsumerContext) -> None:
    """Keep a person who has an account now: from here on they can take part."""
    await _keep(session, [event.member], context)


async def on_member_unbound(session: AsyncSession, event: MemberUnbound, context: ConsumerContext) -> None:
    """Keep a person whose account was closed."""
    await _keep(session, [event.member], context)


async def on_unit_approved(session: AsyncSession, event: UnitApproved, context: ConsumerContext) -> None:
    """Keep a unit."""
    await service.keep_units(session, tenant_id=context.envelope.tenantid, units=[event.unit])


async def on_unit_returned(session: AsyncSession, event: UnitReturned, context: ConsumerContext) -> None:
    """Keep a unit."""
    await service.keep_units(session, tenant_id=context.envelope.tenantid, units=[event.unit])


async def on_units_snapshot(session: AsyncSession, event: UnitsSnapshot, context: ConsumerContext) -> None:
    """Keep up to 500 units, told again or moved in the tree."""
    await service.keep_units(session, tenant_id=context.envelope.tenantid, units=event.units)


async def on_policies_issued(session: AsyncSession, event: PoliciesIssued, context: ConsumerContext) -> None:
    """Keep up to 500 policies."""
    await service.keep_policies(session, tenant_id=context.envelope.tenantid, policies=event.policies)


async def on_policy_terminated(
    session: AsyncSession, event: PolicyTerminated, context: ConsumerContext
) -> None:
    """Keep the last day of a policy that ended before its term."""
    await service.keep_policies(
        session, tenant_id=context.envelope.tenantid, policies=[event.policy], ended_on=event.ended_on
    )


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    subscribe(MembersAdmitted, on_members_admitted),
    subscribe(MemberChanged, on_member_changed),
    subscribe(MemberTransferred, on_member_transferred),
    subscribe(MemberBound, on_member_bound),
    subscribe(MemberUnbound, on_member_unbound),
    subscribe(UnitApproved, on_unit_approved),
    subscribe(UnitReturned, on_unit_returned),
    subscribe(UnitsSnapshot, on_units_snapshot),
    subscribe(PoliciesIssued, on_policies_issued),
    subscribe(PolicyTerminated, on_policy_terminated),
)
