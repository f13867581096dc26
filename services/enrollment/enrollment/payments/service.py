"""Use cases of the payment of an order."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.contracts.enrollment import PaymentHeld
from common.contracts.pack import TenantPack
from common.contracts.pack.chains import Node
from common.crypto import TenantKeys, seal_words
from common.events import emit
from common.tenancy import pack_of_version

from ..amounts import yuan
from ..orders import rules
from ..orders.cover import open_cover
from ..orders.facts import order_fact
from ..orders.models import Order, OrderStatus
from ..orders.repeats import repeated
from ..orders.repository import OrderRepository
from ..orders.reviewing import check_decider
from ..orders.service import find_order
from .errors import AmountDiffers
from .papers import VOUCHER, open_papers, own_paper, paper_links
from .schemas import PaperGiven, PaperLink


async def report_payment(
    session: AsyncSession,
    *,
    actor: Actor,
    order_id: UUID,
    amount: Decimal,
    voucher: str,
    papers: Sequence[str | PaperGiven],
    key: bytes,
) -> Order:
    """Record what the handler paid; an amount that is not the one due is held with the difference named."""
    order = await find_order(session, actor=actor, order_id=order_id, lock=True)
    async with repeated(session, actor, order, "payment_reported", chain="finance"):
        order.require(OrderStatus.TO_PAY, OrderStatus.PAYMENT_HELD)
    voucher_id = own_paper(voucher, actor=actor, kind=VOUCHER, key=key)
    pack = await pack_of_version(session, order.pack_version)
    paper_ids = open_papers(papers, pack.product(order.product_code), actor=actor, key=key)
    order.report_payment(
        by=Eyes.of(actor),
        amount=amount,
        voucher_id=voucher_id,
        paper_ids=[str(paper) for paper in paper_ids],
        node=rules.first_node(pack.chains.orders.finance),
    )
    held = order.status == OrderStatus.PAYMENT_HELD
    if held:
        fact = await order_fact(session, order)
        emit(session, PaymentHeld(order=fact, amount_paid=amount))
    OrderRepository(session, actor.tenant_id).record(
        order,
        chain="finance",
        node=None,
        decision="payment_held" if held else "payment_reported",
        actor=actor,
    )
    return order


async def list_papers(session: AsyncSession, *, actor: Actor, order_id: UUID, key: bytes) -> list[PaperLink]:
    """Return links to the papers of a payment; whoever may see the order may look, and it is in the audit log."""
    order = await find_order(session, actor=actor, order_id=order_id)
    links = paper_links(order, actor=actor, key=key)
    if links:
        detail = {"papers": len(links)}
        await record(
            session, actor_id=actor.id, action="papers.opened", subject=f"order:{order.id}", detail=detail
        )
    return links


async def confirm_payment(session: AsyncSession, *, actor: Actor, order_id: UUID) -> Order:
    """Pass the node of the payment check at which the order stands; after the last one cover is opened.

    NotYourNode or FourEyes for a caller who may not; AmountDiffers for a payment that is held.
    """
    order = await find_order(session, actor=actor, order_id=order_id, lock=True)
    require_exact(order)
    pack = await pack_of_version(session, order.pack_version)
    repository = OrderRepository(session, actor.tenant_id)
    async with repeated(session, actor, order, "passed", "confirmed", chain="finance"):
        order.require(OrderStatus.PAYMENT_REVIEW)
        node = await _check(repository, actor, order, pack)
    following = rules.next_node(pack.chains.orders.finance, node.code)
    decision = "passed" if following else "confirmed"
    repository.record(order, chain="finance", node=node.code, decision=decision, actor=actor)
    await record(
        session,
        actor_id=actor.id,
        action="payment.confirmed",
        subject=f"order:{order.id}",
        detail={"node": node.code},
    )
    if following is not None:
        order.pass_payment_check(next_node=following)
    else:
        await open_cover(session, order, pack)
    return order


async def refuse_payment(
    session: AsyncSession, *, actor: Actor, order_id: UUID, reason: str, keys: TenantKeys
) -> Order:
    """Send a reported payment back to the handler with the reason; also one that is held."""
    order = await find_order(session, actor=actor, order_id=order_id, lock=True)
    pack = await pack_of_version(session, order.pack_version)
    repository = OrderRepository(session, actor.tenant_id)
    async with repeated(session, actor, order, "refused", chain="finance"):
        order.require(OrderStatus.PAYMENT_REVIEW, OrderStatus.PAYMENT_HELD)
        node = await _check(repository, actor, order, pack)
    words = seal_words(keys, reason)
    repository.record(order, chain="finance", node=node.code, decision="refused", actor=actor, reason=words)
    order.refuse_payment(reason=words)
    await record(session, actor_id=actor.id, action="payment.refused", subject=f"order:{order.id}")
    return order


def require_exact(order: Order) -> None:
    """Raise AmountDiffers, which says what is missing, where the amount paid is not the one due."""
    due, paid = order.amount_due, order.amount_paid
    if order.status != OrderStatus.PAYMENT_HELD or due is None or paid is None:
        return
    raise AmountDiffers(
        due=yuan(due),
        paid=yuan(paid),
        word_zh="少" if paid < due else "多",
        word_en="little" if paid < due else "much",
        difference=yuan(abs(due - paid)),
        advice_zh="补足后重新上报" if paid < due else "按应付金额重新上报，并办理多付款项的退回",
        advice_en="pay the rest and report it again" if paid < due else "report the amount due again",
    )


async def _check(repository: OrderRepository, actor: Actor, order: Order, pack: TenantPack) -> Node:
    """Return the node at which the payment stands, if the caller may decide there.

    Who approved the order and who reported the payment brought it here: for the four-eyes rule they are its submitters.
    """
    node = pack.chains.orders.finance.node(order.node or rules.first_node(pack.chains.orders.finance))
    reviewers = await repository.passed_since_submission(order, "review")
    submitters = [step.eyes for step in reviewers]
    submitters += [
        Eyes(order.submitted_by, order.submitted_human),
        Eyes(order.payment_reported_by, order.payment_reported_human),
    ]
    passed = await repository.passed_since_submission(order, "finance")
    check_decider(actor, node, passed=passed, submitters=submitters)
    return node
