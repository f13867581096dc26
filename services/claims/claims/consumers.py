"""What the claims service listens to."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, Subscription, subscribe
from common.consumer.tenants import tenant_subscriptions
from common.contracts.dues import DuesPaid, DuesRefunded
from common.contracts.enrollment import (
    ContributionReceived,
    PoliciesIssued,
    PolicyFact,
    PolicyTerminated,
    RefundDue,
    RefundReturned,
)
from common.contracts.identity import (
    BankCardChanged,
    MemberBound,
    MemberChanged,
    MembersAdmitted,
    MemberTransferred,
    PersonFact,
    StaffChanged,
    StaffSnapshot,
    UnitApproved,
    UnitNameLinked,
    UnitsSnapshot,
)
from common.contracts.ocr import DocumentRecognized, DocumentStored
from common.contracts.refunds import RefundsSnapshot
from common.contracts.settlement import LinesReported
from common.contracts.stray import StrayMoney, StrayMoneyReceived, StrayMoneyReturned

from .copies import service as copies
from .erasure import SUBSCRIPTION as ERASURE
from .export import SUBSCRIPTION as EXPORT
from .feed.service import receive_lines, wake_lines
from .intake.service import fill_open_claims
from .ledger.rules import Cause, Movement
from .ledger.service import book
from .payouts.cards import take_card
from .payouts.refunds.service import request_refund
from .payouts.refunds.standing import claims_against, keep_refund, keep_refunds
from .statistics.rules import NO_UNIT, Count
from .statistics.service import count, keep_people


async def on_policies_issued(session: AsyncSession, event: PoliciesIssued, context: ConsumerContext) -> None:
    """Keep the policies; count each once as a person-time enrolled (参保人次)."""
    tenant_id = context.envelope.tenantid
    new = await copies.keep_policies(session, tenant_id=tenant_id, policies=event.policies)
    await count(session, tenant_id=tenant_id, counts=_enrolled(new))
    await _search(session, event.policies, context)
    indexes = [fact.document_number.index for fact in event.policies if fact.document_number.index]
    await wake_lines(session, tenant_id=tenant_id, indexes=indexes)


async def on_lines_reported(session: AsyncSession, event: LinesReported, context: ConsumerContext) -> None:
    """Take settlements that the medical-insurance side reported by the bus; the worker decides them."""
    keys = await context.service.keyring.for_tenant(session)
    await receive_lines(session, tenant_id=context.envelope.tenantid, event=event, keys=keys)


async def on_policy_terminated(
    session: AsyncSession, event: PolicyTerminated, context: ConsumerContext
) -> None:
    """Keep the last day of a policy that ended before its term; its issue may arrive later and is then known."""
    tenant_id = context.envelope.tenantid
    new = await copies.keep_policies(
        session, tenant_id=tenant_id, policies=[event.policy], ended_on=event.ended_on
    )
    await count(session, tenant_id=tenant_id, counts=_enrolled(new))


async def _search(
    session: AsyncSession, facts: Sequence[PolicyFact | PersonFact], context: ConsumerContext
) -> None:
    """Let people be found by name and mobile in the list of claims."""
    keys = await context.service.keyring.for_tenant(session)
    people = [
        (fact.person_id, fact.version if isinstance(fact, PersonFact) else 0, fact.name, fact.mobile)
        for fact in facts
    ]
    await keep_people(session, tenant_id=context.envelope.tenantid, people=people, keys=keys)


def _enrolled(policies: Sequence[PolicyFact]) -> list[Count]:
    return [Count(fact.unit_id, fact.product_code, fact.starts_on, enrolled=1) for fact in policies]


async def on_document_stored(session: AsyncSession, event: DocumentStored, context: ConsumerContext) -> None:
    """Keep that a document exists."""
    envelope = context.envelope
    await copies.keep_document(session, tenant_id=envelope.tenantid, event=event, at=envelope.time)


async def on_document_recognized(
    session: AsyncSession, event: DocumentRecognized, context: ConsumerContext
) -> None:
    """Keep what was read and fill the open claims that the document belongs to."""
    tenant_id = context.envelope.tenantid
    await copies.keep_document(session, tenant_id=tenant_id, event=event, at=context.envelope.time)
    keys = await context.service.keyring.for_tenant(session)
    await fill_open_claims(session, tenant_id=tenant_id, document_id=event.document_id, keys=keys)


async def on_contribution_received(
    session: AsyncSession, event: ContributionReceived, context: ConsumerContext
) -> None:
    """Book a contribution, once, and count it."""
    tenant_id = context.envelope.tenantid
    movement = Movement(
        event.fund,
        Cause.CONTRIBUTION,
        event.contribution_id,
        event.amount,
        event.received_on,
        event.order_number,
    )
    if await book(session, tenant_id=tenant_id, movements=[movement]):
        counted = Count(event.unit_id, event.product_code, event.received_on, contributions=event.amount)
        await count(session, tenant_id=tenant_id, counts=[counted])


async def on_dues_paid(session: AsyncSession, event: DuesPaid, context: ConsumerContext) -> None:
    """Book membership dues, once."""
    movement = Movement(event.fund, Cause.DUES, event.bill_id, event.amount, event.paid_on, event.number)
    await book(session, tenant_id=context.envelope.tenantid, movements=[movement])


async def on_refund_due(session: AsyncSession, event: RefundDue, context: ConsumerContext) -> None:
    """Owe what goes back to whoever paid it (应退互助金), once; count it against the contributions.

    What did not go back online is told again, for the bank: it is booked already and only its payout is made.
    """
    tenant_id = context.envelope.tenantid
    against = await claims_against(session, tenant_id=tenant_id, due=event)
    await keep_refund(session, tenant_id=tenant_id, due=event)
    memo = event.order_number or event.reason
    movement = Movement(event.fund, Cause.REFUND_DUE, event.refund_id, event.amount, event.due_on, memo)
    booked = await book(session, tenant_id=tenant_id, movements=[movement])
    if booked:
        unit = event.unit_id or NO_UNIT
        counted = Count(unit, event.product_code, event.due_on, contributions=-event.amount)
        await count(session, tenant_id=tenant_id, counts=[counted])
    if booked or event.instead:
        keys = await context.service.keyring.for_tenant(session)
        await request_refund(session, tenant_id=tenant_id, due=event, against=against, keys=keys)


async def on_refunds_snapshot(
    session: AsyncSession, event: RefundsSnapshot, context: ConsumerContext
) -> None:
    """Keep which policies refunds are of, told again."""
    await keep_refunds(session, tenant_id=context.envelope.tenantid, refunds=event.refunds)


async def on_refund_returned(session: AsyncSession, event: RefundReturned, context: ConsumerContext) -> None:
    """Book a refund that went back online, once."""
    movement = Movement(
        event.fund, Cause.REFUND_RETURNED, event.refund_id, event.amount, event.returned_on, event.number
    )
    await book(session, tenant_id=context.envelope.tenantid, movements=[movement])


async def on_dues_refunded(session: AsyncSession, event: DuesRefunded, context: ConsumerContext) -> None:
    """Book membership dues that went back, once."""
    movement = Movement(
        event.fund, Cause.DUES_REFUNDED, event.refund_id, event.amount, event.refunded_on, event.number
    )
    await book(session, tenant_id=context.envelope.tenantid, movements=[movement])


async def on_stray_money_received(
    session: AsyncSession, event: StrayMoneyReceived, context: ConsumerContext
) -> None:
    """Book money for which nothing waits as one of unknown purpose (待查款项), once."""
    await book(session, tenant_id=context.envelope.tenantid, movements=[_stray(event.money)])


async def on_stray_money_returned(
    session: AsyncSession, event: StrayMoneyReturned, context: ConsumerContext
) -> None:
    """Book that it went back, once; and that it had come, where an older release did not tell that."""
    back = Movement(
        event.money.fund,
        Cause.STRAY_RETURNED,
        event.refund_id,
        event.refunded,
        event.returned_on,
        event.refund_number,
    )
    await book(session, tenant_id=context.envelope.tenantid, movements=[_stray(event.money), back])


def _stray(money: StrayMoney) -> Movement:
    return Movement(
        money.fund, Cause.STRAY_RECEIVED, money.payment_id, money.amount, money.received_on, money.number
    )


async def on_members_admitted(
    session: AsyncSession, event: MembersAdmitted, context: ConsumerContext
) -> None:
    """Keep the persons."""
    await copies.keep_persons(session, tenant_id=context.envelope.tenantid, members=event.members)
    await _search(session, event.members, context)


async def on_member_changed(session: AsyncSession, event: MemberChanged, context: ConsumerContext) -> None:
    """Keep the person; lines that fitted neither their old name nor number are looked at again."""
    await copies.keep_persons(session, tenant_id=context.envelope.tenantid, members=[event.member])
    await _search(session, [event.member], context)
    if index := event.member.document_number.index:
        await wake_lines(session, tenant_id=context.envelope.tenantid, indexes=[index])


async def on_bank_card_changed(
    session: AsyncSession, event: BankCardChanged, context: ConsumerContext
) -> None:
    """Keep the card that a member wants to be paid on; payouts that wait for one take it."""
    keys = await context.service.keyring.for_tenant(session)
    await take_card(session, tenant_id=context.envelope.tenantid, event=event, keys=keys)


async def on_unit_name_linked(session: AsyncSession, event: UnitNameLinked, context: ConsumerContext) -> None:
    """Keep the name: settlement lines that carry it are the unit's from now on."""
    envelope = context.envelope
    await copies.keep_unit_name(session, tenant_id=envelope.tenantid, event=event, at=envelope.time)


async def on_member_transferred(
    session: AsyncSession, event: MemberTransferred, context: ConsumerContext
) -> None:
    """Keep the person with the new unit; claims that exist stay with the unit they were made in."""
    await copies.keep_persons(session, tenant_id=context.envelope.tenantid, members=[event.member])


async def on_member_bound(session: AsyncSession, event: MemberBound, context: ConsumerContext) -> None:
    """Keep the person with the account."""
    await copies.keep_persons(session, tenant_id=context.envelope.tenantid, members=[event.member])


async def on_unit_approved(session: AsyncSession, event: UnitApproved, context: ConsumerContext) -> None:
    """Keep the unit."""
    await copies.keep_units(session, tenant_id=context.envelope.tenantid, units=[event.unit])


async def on_units_snapshot(session: AsyncSession, event: UnitsSnapshot, context: ConsumerContext) -> None:
    """Keep the units, of a snapshot or as they were changed; their claims follow them to another branch."""
    await copies.keep_units(session, tenant_id=context.envelope.tenantid, units=event.units)


async def on_staff_changed(session: AsyncSession, event: StaffChanged, context: ConsumerContext) -> None:
    """Keep a staff account: whom tasks can be given to."""
    await copies.keep_staff(session, tenant_id=context.envelope.tenantid, staff=[event.staff])


async def on_staff_snapshot(session: AsyncSession, event: StaffSnapshot, context: ConsumerContext) -> None:
    """Keep staff accounts."""
    await copies.keep_staff(session, tenant_id=context.envelope.tenantid, staff=event.staff)


SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    *tenant_subscriptions(),
    subscribe(PoliciesIssued, on_policies_issued),
    subscribe(PolicyTerminated, on_policy_terminated),
    subscribe(DocumentStored, on_document_stored),
    subscribe(DocumentRecognized, on_document_recognized),
    subscribe(ContributionReceived, on_contribution_received),
    subscribe(RefundDue, on_refund_due),
    subscribe(RefundsSnapshot, on_refunds_snapshot),
    subscribe(RefundReturned, on_refund_returned),
    subscribe(DuesPaid, on_dues_paid),
    subscribe(DuesRefunded, on_dues_refunded),
    subscribe(StrayMoneyReceived, on_stray_money_received),
    subscribe(StrayMoneyReturned, on_stray_money_returned),
    subscribe(LinesReported, on_lines_reported),
    subscribe(MembersAdmitted, on_members_admitted),
    subscribe(MemberChanged, on_member_changed),
    subscribe(MemberTransferred, on_member_transferred),
    subscribe(MemberBound, on_member_bound),
    subscribe(UnitApproved, on_unit_approved),
    subscribe(UnitsSnapshot, on_units_snapshot),
    subscribe(BankCardChanged, on_bank_card_changed),
    subscribe(UnitNameLinked, on_unit_name_linked),
    subscribe(StaffChanged, on_staff_changed),
    subscribe(StaffSnapshot, on_staff_snapshot),
    ERASURE,
    EXPORT,
)
