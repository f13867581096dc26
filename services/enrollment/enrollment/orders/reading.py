"""Orders as responses show them."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys, open_words
from common.tenancy import pack_of_version
from common.text import Text

from ..amounts import yuan
from ..copies.repository import CopyRepository
from ..people.cards import same_cards_of_draft
from ..people.context import expected_start
from ..people.drafts import notice_of_draft
from ..people.repository import PeopleRepository
from ..refunds.models import RefundOwed
from ..refunds.repository import RefundRepository
from ..refunds.words import PAYEES, reason_text
from .models import RETURNED_TEXT, STATUS_TEXTS, Order, OrderStatus, OrderStep
from .notes import amount_note
from .quotes import quote_of
from .repository import OrderRepository
from .schemas import OrderDetail, OrderRead, ReceivingAccount, RefundRead, StepRead
from .stations import decides, station_of, to_come

HELD = Text(
    "应付 {due} 元，实付 {paid} 元，{word_zh} {difference} 元，已暂停办理。请核对后重新提交付款信息，或联系工会。",
    "{due} yuan is due and {paid} was paid, {difference} too {word_en}. Report the right payment or ask the union.",
)
SKIPPED = Text(
    "有 {count} 人在付款期间已参保、保障已结束、生效之日已超龄或有未办结的理赔，未办理；为其所缴费用将退回。",
    "{count} people got covered meanwhile, their cover ended, their age does not fit or a claim is open; what was paid "
    "for them is given back.",
)
POSTPONED = Text(
    "保单生成遇到问题，系统正在自动重试（已试 {attempts} 次），无需重新付款。如长时间未完成请联系工会。",
    "Issuing the policies failed and is tried again by itself ({attempts} times so far). Nothing has to be paid again.",
)
PAYING = (OrderStatus.TO_PAY, OrderStatus.PAYMENT_REVIEW, OrderStatus.PAYMENT_HELD)


async def read_orders(session: AsyncSession, orders: list[Order], keys: TenantKeys) -> list[OrderRead]:
    """Return orders as lists show them."""
    if not orders:
        return []
    units = await CopyRepository(session, orders[0].tenant_id).unit_names({order.unit_id for order in orders})
    packs = {order.pack_version: await pack_of_version(session, order.pack_version) for order in orders}
    return [
        OrderRead.model_validate(_values(row, packs[row.pack_version], units.get(row.unit_id), keys))
        for row in orders
    ]


async def read_order(session: AsyncSession, order: Order, keys: TenantKeys) -> OrderRead:
    """Return one order as lists show it."""
    return (await read_orders(session, [order], keys))[0]


async def read_detail(session: AsyncSession, order: Order, keys: TenantKeys, *, actor: Actor) -> OrderDetail:
    """Return one order with its history and what is to come, the counts of its people and where to pay."""
    pack = await pack_of_version(session, order.pack_version)
    unit = await CopyRepository(session, order.tenant_id).unit(order.unit_id)
    counts = await PeopleRepository(session, order.tenant_id).counts(order.id)
    steps = await OrderRepository(session, order.tenant_id).steps(order.id)
    refunds = await RefundRepository(session, order.tenant_id).of_order(order.id)
    undated = order.starts_on is None or order.kind == "carried"
    first, latest = await expected_days(session, order, pack) if undated else (None, None)
    draft = order.status == OrderStatus.DRAFT
    account = ReceivingAccount(holder=pack.account.holder, bank=pack.account.bank, number=pack.account.number)
    return OrderDetail(
        **_values(order, pack, unit.name if unit else None, keys) | {"leaving": counts.leaving},
        insurable=counts.insurable,
        not_insurable=counts.not_insurable,
        account=account if order.status in PAYING else None,
        steps=[_step(step, pack, keys) for step in steps],
        message=message_of(order) or await _notices(session, order),
        expected_start=first,
        expected_latest=latest,
        amount_note=await amount_note(session, order, pack),
        expected_amount=(await quote_of(session, order, pack)).amount if draft else None,
        refunds=[_refund(row) for row in refunds],
        to_come=[node.title.text().in_language() for node in to_come(order, pack)],
        may_review=await _may_review(session, order, pack, actor),
    )


async def expected_days(session: AsyncSession, order: Order, pack: TenantPack) -> tuple[date, date]:
    """Return the first days of the earliest and the latest cover, if it were paid today."""
    start = expected_start(order, pack.product(order.product_code))
    if order.kind != "enrolment":
        return start, start
    people = PeopleRepository(session, order.tenant_id)
    first, last, everybody = await people.last_days(order, beyond=start)
    if first is None or last is None:
        return start, start
    return first + timedelta(days=1) if everybody else start, last + timedelta(days=1)


async def _may_review(session: AsyncSession, order: Order, pack: TenantPack, actor: Actor) -> bool:
    if order.status != OrderStatus.SUBMITTED:
        return False
    passed = await OrderRepository(session, order.tenant_id).passed_since_submission(order, "review")
    return decides(actor, to_come(order, pack)[0], passed=passed, submitters=order.submitters)


async def _notices(session: AsyncSession, order: Order) -> str | None:
    """Return what whoever hands in a draft should look at first."""
    notices = [await notice_of_draft(session, order), await same_cards_of_draft(session, order)]
    return " ".join(filter(None, notices)) or None


REFUND_STATES = {
    "owed": Text("待退款", "to be paid back"),
    "paid": Text("已退款", "paid back"),
    "failed": Text("退款未成功，待核对收款账户", "the transfer failed; the account is being checked"),
}


def _refund(row: RefundOwed) -> RefundRead:
    return RefundRead(
        id=row.id,
        reason=row.reason,
        reason_text=reason_text(row.reason),
        amount=row.amount,
        people=row.people,
        due_on=row.due_on,
        payee=row.payee,
        payee_text=PAYEES[row.payee].in_language(),
        state=row.state,
        state_text=REFUND_STATES[row.state].in_language(),
        paid_on=row.paid_on,
    )


def message_of(order: Order) -> str | None:
    """Return what the handler must know about the order now, or None."""
    if (
        order.status == OrderStatus.PAYMENT_HELD
        and order.amount_paid is not None
        and order.amount_due is not None
    ):
        over = order.amount_paid > order.amount_due
        return HELD.format(
            due=yuan(order.amount_due),
            paid=yuan(order.amount_paid),
            difference=yuan(abs(order.amount_paid - order.amount_due)),
            word_zh="多付" if over else "少付",
            word_en="much" if over else "little",
        ).in_language()
    if order.issue_problem is not None:
        return POSTPONED.format(attempts=order.issue_attempts).in_language()
    return SKIPPED.format(count=order.skipped).in_language() if order.skipped else None


def _values(order: Order, pack: TenantPack, unit_name: str | None, keys: TenantKeys) -> dict[str, Any]:
    columns = {column.name: getattr(order, column.name) for column in Order.__table__.columns}
    product = pack.product(order.product_code)
    return columns | {
        "unit_name": unit_name,
        "product": order.product_code,
        "product_title": product.title.text().in_language(),
        "cover_varies": order.cover_varies(product.term_months),
        "status_text": _status_text(order),
        "station": station.title.text().in_language() if (station := station_of(order, pack)) else None,
        "return_reason": open_words(keys, order.return_reason),
        "refusal_reason": open_words(keys, order.refusal_reason),
    }


def _status_text(order: Order) -> str:
    returned = order.status == OrderStatus.DRAFT and order.return_reason is not None
    text = RETURNED_TEXT if returned else STATUS_TEXTS[OrderStatus(order.status)]
    return text.in_language()


def _step(step: OrderStep, pack: TenantPack, keys: TenantKeys) -> StepRead:
    chain = pack.chains.orders.finance if step.chain == "finance" else pack.chains.orders.review
    title = chain.node(step.node).title.text().in_language() if step.node else None
    return StepRead(
        chain=step.chain,
        node=step.node,
        title=title,
        decision=step.decision,
        actor_id=step.actor_id,
        reason=open_words(keys, step.reason),
        at=step.created_at,
    )
