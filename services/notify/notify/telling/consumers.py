"""Handlers of events; what they say is in `service`."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, known_word, subscribe
from common.contracts.activities import RewardIssued
from common.contracts.bindings import BindingDecided
from common.contracts.claims import (
    AppealAnswered,
    ClaimAdvanced,
    ClaimApproved,
    ClaimOpened,
    ClaimRejected,
    ClaimReopened,
    ClaimReturned,
    ClaimSubmitted,
    PayeeChanged,
    PayoutCompleted,
    PayoutFailed,
)
from common.contracts.enrollment import OrderApproved, OrderReturned, PoliciesIssued
from common.contracts.identity import (
    BankCardChanged,
    MemberBound,
    MemberChanged,
    MembersAdmitted,
    MemberTransferred,
    MemberUnbound,
    UnitApproved,
    UnitReturned,
    VerificationCodeIssued,
)
from common.text import Text

from ..copies.service import forget_account, keep_covered, keep_covers, keep_people, keep_units
from . import claims, cover, register, sign_in, warning
from .claims import GIVEN_BACK
from .deadlines import DEADLINES
from .scene import Scene


async def scene_of(session: AsyncSession, context: ConsumerContext) -> Scene:
    """Return what every message of this event needs."""
    keys = await context.service.keyring.for_tenant(session)
    return await Scene.of(session, keys=keys, cause_id=context.envelope.id)


async def on_verification_code_issued(
    session: AsyncSession, event: VerificationCodeIssued, context: ConsumerContext
) -> None:
    """Send the code at once."""
    await sign_in.tell_code(await scene_of(session, context), event)


async def on_unit_approved(session: AsyncSession, event: UnitApproved, context: ConsumerContext) -> None:
    """Keep the unit and tell its handler."""
    await keep_units(session, tenant_id=context.envelope.tenantid, facts=[event.unit])
    if not context.envelope.replay:
        await sign_in.tell_unit(await scene_of(session, context), event.unit, "identity.unit_approved")


async def on_unit_returned(session: AsyncSession, event: UnitReturned, context: ConsumerContext) -> None:
    """Keep the unit and tell its handler why."""
    await keep_units(session, tenant_id=context.envelope.tenantid, facts=[event.unit])
    if not context.envelope.replay:
        scene = await scene_of(session, context)
        await sign_in.tell_unit(
            scene, event.unit, "identity.unit_returned", scene.keys.open_words(event.reason)
        )


async def on_members_admitted(
    session: AsyncSession, event: MembersAdmitted, context: ConsumerContext
) -> None:
    """Keep up to 500 people; tell them, where they were admitted just now, that they are members."""
    keys = await context.service.keyring.for_tenant(session)
    await keep_people(session, tenant_id=context.envelope.tenantid, facts=event.members, keys=keys)
    if event.notify and not context.envelope.replay:
        await register.tell_admitted(await scene_of(session, context), event.members)


async def on_member_transferred(
    session: AsyncSession, event: MemberTransferred, context: ConsumerContext
) -> None:
    """Keep a person's new unit, and tell them."""
    keys = await context.service.keyring.for_tenant(session)
    await keep_people(session, tenant_id=context.envelope.tenantid, facts=[event.member], keys=keys)
    if not context.envelope.replay:
        await register.tell_transferred(await scene_of(session, context), event)


async def on_member_bound(session: AsyncSession, event: MemberBound, context: ConsumerContext) -> None:
    """Keep the account of a person, and tell them, so that nobody binds in their name unseen."""
    fact = event.member.model_copy(update={"account_id": event.account_id})
    keys = await context.service.keyring.for_tenant(session)
    await keep_people(session, tenant_id=context.envelope.tenantid, facts=[fact], keys=keys)
    if not context.envelope.replay:
        scene = await scene_of(session, context)
        await sign_in.tell_account(scene, fact, "identity.member_bound")
        await warning.tell_replaced_mobile(scene, fact, event.former_mobile)


async def on_member_changed(session: AsyncSession, event: MemberChanged, context: ConsumerContext) -> None:
    """Keep a person's new facts; tell the owner of a mobile that was replaced."""
    keys = await context.service.keyring.for_tenant(session)
    await keep_people(session, tenant_id=context.envelope.tenantid, facts=[event.member], keys=keys)
    if not context.envelope.replay and event.former_mobile is not None:
        scene = await scene_of(session, context)
        await warning.tell_replaced_mobile(scene, event.member, event.former_mobile)


async def on_binding_decided(session: AsyncSession, event: BindingDecided, context: ConsumerContext) -> None:
    """Tell whoever waited for staff to confirm who they are."""
    await sign_in.tell_binding(await scene_of(session, context), event)


async def on_bank_card_changed(
    session: AsyncSession, event: BankCardChanged, context: ConsumerContext
) -> None:
    """Tell a member on which card they are paid from now on."""
    await warning.tell_changed_card(await scene_of(session, context), event)


async def on_member_unbound(session: AsyncSession, event: MemberUnbound, context: ConsumerContext) -> None:
    """Forget the account of a person, and tell them."""
    if not context.envelope.replay:
        fact = event.member.model_copy(update={"account_id": event.account_id})
        await sign_in.tell_account(await scene_of(session, context), fact, "identity.member_unbound")
    keys = await context.service.keyring.for_tenant(session)
    await forget_account(session, tenant_id=context.envelope.tenantid, fact=event.member, keys=keys)


async def on_order_approved(session: AsyncSession, event: OrderApproved, context: ConsumerContext) -> None:
    """Tell the handler the amount and the account; where nothing is to be paid, that all is done is told instead."""
    if event.order.amount_due <= 0:
        return
    await cover.tell_order(await scene_of(session, context), event.order, "enrollment.order_approved")


async def on_order_returned(session: AsyncSession, event: OrderReturned, context: ConsumerContext) -> None:
    """Tell the handler why."""
    scene = await scene_of(session, context)
    reason = scene.keys.open_words(event.reason)
    await cover.tell_order(scene, event.order, "enrollment.order_returned", reason=reason)


async def on_policies_issued(session: AsyncSession, event: PoliciesIssued, context: ConsumerContext) -> None:
    """Learn of the people; tell them unless this is a snapshot."""
    await keep_covered(session, tenant_id=context.envelope.tenantid, policies=event.policies)
    await keep_covers(session, tenant_id=context.envelope.tenantid, policies=event.policies)
    if event.notify and not context.envelope.replay:
        await cover.tell_covered(await scene_of(session, context), event.policies)


async def on_claim_opened(session: AsyncSession, event: ClaimOpened, context: ConsumerContext) -> None:
    """Ask the member for the documents."""
    await claims.tell_claim(await scene_of(session, context), event.claim, "claims.claim_invited")


async def on_claim_submitted(session: AsyncSession, event: ClaimSubmitted, context: ConsumerContext) -> None:
    """Tell the member that it has been handed in."""
    await claims.tell_claim(await scene_of(session, context), event.claim, "claims.claim_submitted")


async def on_claim_returned(session: AsyncSession, event: ClaimReturned, context: ConsumerContext) -> None:
    """Tell the member what is missing."""
    scene = await scene_of(session, context)
    await claims.tell_claim(
        scene, event.claim, "claims.claim_returned", reason=scene.keys.open_words(event.reason)
    )


async def on_claim_approved(session: AsyncSession, event: ClaimApproved, context: ConsumerContext) -> None:
    """Tell the member the amount."""
    await claims.tell_claim(await scene_of(session, context), event.claim, "claims.claim_approved")


async def on_claim_advanced(session: AsyncSession, event: ClaimAdvanced, context: ConsumerContext) -> None:
    """Tell the member which node agreed."""
    scene = await scene_of(session, context)
    node = scene.node_title(event.claim.kind, event.passed)
    await claims.tell_claim(scene, event.claim, "claims.claim_step", node=node, decision=claims.AGREED)


async def on_appeal_answered(session: AsyncSession, event: AppealAnswered, context: ConsumerContext) -> None:
    """Tell the member the answer to an appeal or a complaint."""
    scene = await scene_of(session, context)
    words = scene.keys.open_words(event.answer)
    decision = known_word(claims.DECISIONS, event.decision, "decision")
    await claims.tell_claim(scene, event.claim, "claims.appeal_decided", reason=words, decision=decision)


async def on_claim_reopened(session: AsyncSession, event: ClaimReopened, context: ConsumerContext) -> None:
    """Tell the member that a decision is looked at again; after an appeal its answer says so."""
    if event.cause != "appeal":
        await claims.tell_claim(await scene_of(session, context), event.claim, "claims.claim_reopened")


async def on_claim_rejected(session: AsyncSession, event: ClaimRejected, context: ConsumerContext) -> None:
    """Tell the member why, and that an appeal is possible."""
    scene = await scene_of(session, context)
    await claims.tell_claim(
        scene, event.claim, "claims.claim_rejected", reason=scene.keys.open_words(event.reason)
    )


async def on_payout_completed(
    session: AsyncSession, event: PayoutCompleted, context: ConsumerContext
) -> None:
    """Tell the member that the money is there."""
    await claims.tell_payout(await scene_of(session, context), event.payout, "claims.payout_completed")


async def on_payout_failed(session: AsyncSession, event: PayoutFailed, context: ConsumerContext) -> None:
    """Ask the member for another card; money that had arrived is said to have been given back."""
    scene = await scene_of(session, context)
    reason: str | Text = scene.keys.open_words(event.reason)
    if event.reversed:
        reason = GIVEN_BACK.format(reason=reason)
    await claims.tell_payout(scene, event.payout, "claims.payout_failed", reason=reason)


async def on_payee_changed(session: AsyncSession, event: PayeeChanged, context: ConsumerContext) -> None:
    """Warn the member that the money goes to another card from now on."""
    await claims.tell_payout(await scene_of(session, context), event.payout, "identity.bank_card_changed")


async def on_reward_issued(session: AsyncSession, event: RewardIssued, context: ConsumerContext) -> None:
    """Tell the member the code."""
    await claims.tell_reward(await scene_of(session, context), event)


SUBSCRIPTIONS = (
    subscribe(VerificationCodeIssued, on_verification_code_issued, acts=True),
    subscribe(UnitApproved, on_unit_approved),
    subscribe(UnitReturned, on_unit_returned),
    subscribe(MembersAdmitted, on_members_admitted),
    subscribe(MemberTransferred, on_member_transferred),
    subscribe(MemberBound, on_member_bound),
    subscribe(MemberChanged, on_member_changed),
    subscribe(BindingDecided, on_binding_decided, acts=True),
    subscribe(BankCardChanged, on_bank_card_changed, acts=True),
    subscribe(MemberUnbound, on_member_unbound),
    subscribe(OrderApproved, on_order_approved, acts=True),
    subscribe(OrderReturned, on_order_returned, acts=True),
    subscribe(PoliciesIssued, on_policies_issued),
    subscribe(ClaimOpened, on_claim_opened, acts=True),
    subscribe(ClaimSubmitted, on_claim_submitted, acts=True),
    subscribe(ClaimReturned, on_claim_returned, acts=True),
    subscribe(ClaimApproved, on_claim_approved, acts=True),
    subscribe(ClaimRejected, on_claim_rejected, acts=True),
    subscribe(ClaimReopened, on_claim_reopened, acts=True),
    subscribe(ClaimAdvanced, on_claim_advanced, acts=True),
    subscribe(AppealAnswered, on_appeal_answered, acts=True),
    subscribe(PayoutCompleted, on_payout_completed, acts=True),
    subscribe(PayoutFailed, on_payout_failed, acts=True),
    subscribe(PayeeChanged, on_payee_changed, acts=True),
    subscribe(RewardIssued, on_reward_issued, acts=True),
    *DEADLINES,
)
