"""Use cases of refunds: ask for one payout of each, name the account that it goes to."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import today
from common.contracts.enrollment import RefundDue
from common.crypto import TenantKeys
from common.ids import new_id

from ...copies.repository import CopyRepository
from ..errors import NotARefund
from ..models import Payout
from ..repository import PayoutRepository
from ..schemas import PayoutRead
from ..service import CARD, NAME, find_payout, read_payout
from .facts import tell_failed
from .schemas import AccountNaming

NO_ACCOUNT = "尚未登记收款账户 no account is known"
REFUSED_ONLINE = (
    "支付机构拒绝原路退款，请核实后登记收款账户 the payment provider refuses to send it back: name an account"
)

UNDER_CLAIMS = (
    "本产品给付待遇后不退费，保单项下有理赔，请核实后再登记收款账户 "
    "a benefit leaves nothing to give back: check the claims, then name the account"
)


async def request_refund(
    session: AsyncSession, *, tenant_id: UUID, due: RefundDue, against: Sequence[str], keys: TenantKeys
) -> None:
    """Ask for one payout of a refund that the union's bank pays; what goes back online is not paid twice.

    What the payment provider refused waits for a person, who looks there first and then names the account; and so does
    what claims under the same policy speak `against`.
    """
    repository = PayoutRepository(session, tenant_id)
    if due.way != "transfer" or (due.instead and await repository.of_refund(due.refund_id) is not None):
        return
    number = f"R{due.due_on:%Y%m%d}{await repository.refund_number():06d}"
    name, card, bank_name = await _payee(session, tenant_id, due, keys)
    why = REFUSED_ONLINE if due.instead else NO_ACCOUNT
    if against:
        why = f"{UNDER_CLAIMS} {'、'.join(against)}"
    if due.instead or against:
        card = bank_name = None
    payout = Payout(
        id=new_id(),
        purpose="refund",
        payee=due.payee,
        refund_id=due.refund_id,
        policy_id=due.policy_id,
        number=number,
        claim_number=due.order_number or number,
        person_id=due.person_id if due.payee == "member" else None,
        unit_id=due.unit_id,
        product_code=due.product_code,
        kind=due.reason,
        fund=due.fund,
        amount=due.amount,
        status="waiting" if card else "awaiting_card",
        name=name,
        card=card,
        bank_name=bank_name,
        # Whoever waits for more than a card says why: a card that the member adds does not send it.
        failure=why if against or due.instead else None,
        requested_on=today(),
        version=1,
    )
    repository.add(payout)
    if card is None:
        # Whoever is not told that an account is missing would wait for ever.
        tell_failed(session, payout, why, keys=keys)


async def _payee(
    session: AsyncSession, tenant_id: UUID, due: RefundDue, keys: TenantKeys
) -> tuple[str, str | None, str | None]:
    """Return holder, number and bank, sealed: a member's own card, or the account that reached the unit before.

    The member's card is the one that they paid with or named at enrolment, else that of the register. A member's refund
    never takes the unit's account: without a person or a card it waits for one.
    """
    copies = CopyRepository(session, tenant_id)
    if due.payee == "member":
        if due.person_id is None:
            return keys.seal("", context=NAME), None, None
        name = await _name_of(copies, due, due.person_id, keys)
        if due.bank_card is not None:
            return name, due.bank_card.ciphertext, due.bank_name
        known = (await copies.cards([due.person_id])).get(due.person_id)
        return (name, known.card, known.bank_name) if known else (name, None, None)
    if due.unit_id is None:
        return keys.seal("", context=NAME), None, None
    reached = await PayoutRepository(session, tenant_id).account_of_unit(due.unit_id)
    if reached is not None and reached.card is not None:
        return reached.name, reached.card, reached.bank_name
    unit = (await copies.units([due.unit_id])).get(due.unit_id)
    return keys.seal(unit.name if unit else "", context=NAME), None, None


async def _name_of(copies: CopyRepository, due: RefundDue, person_id: UUID, keys: TenantKeys) -> str:
    if due.name is not None:
        return due.name.ciphertext
    person = await copies.person(person_id)
    if person is not None:
        return person.name
    names = await copies.policy_names([due.policy_id])
    return names[due.policy_id] if due.policy_id in names else keys.seal("", context=NAME)


async def name_account(
    session: AsyncSession, *, actor: Actor, payout_id: UUID, request: AccountNaming, keys: TenantKeys
) -> PayoutRead:
    """Name the account of a refund, where none is known or the bank refused it; it waits for the next batch."""
    payout = await find_payout(session, actor=actor, payout_id=payout_id, lock=True)
    if payout.purpose != "refund":
        raise NotARefund(number=payout.number)
    payout.name_account(
        actor,
        holder=keys.seal(request.holder, context=NAME),
        number=keys.seal(request.number, context=CARD),
        bank_name=request.bank_name,
    )
    await record(
        session, actor_id=actor.id, action="refund.account_named", subject=f"payout:{payout.id}", detail={}
    )
    return read_payout(payout, keys=keys)
