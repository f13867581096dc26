"""The card that a member wants to be paid on (identity tells it): for payouts that have none, or whose card failed.

A payout that waits with a card keeps it: that is the card named in the application or at enrolment (rows B.09, C.09).
A member's refund goes to it too.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.clock import now
from common.contracts.claims import PayoutRequested
from common.contracts.identity import BankCardChanged
from common.crypto import TenantKeys
from common.events import emit

from ..copies.models import PersonCard
from ..copies.repository import CopyRepository
from ..intake.models import Claim
from ..intake.rules.applicant import HEIR
from .models import Payout
from .repository import PayoutRepository
from .service import CARD, Payee, payout_fact


async def take_card(
    session: AsyncSession, *, tenant_id: UUID, event: BankCardChanged, keys: TenantKeys
) -> None:
    """Keep the card; payouts and refunds of the member that wait for one are paid on it with the next batch."""
    row = {
        "id": event.person_id, "created_at": now(), "card": event.card.ciphertext if event.card else None,
        "bank_name": event.bank_name, "changed_at": event.changed_at,
    }  # fmt: skip
    if not await CopyRepository(session, tenant_id).keep_card(row) or event.card is None:
        return
    number = keys.open_sealed(event.card, context=CARD)
    repository = PayoutRepository(session, tenant_id)
    for payout, claim in await repository.without_card(event.person_id):
        if payout.payee != HEIR and _is_the_members(claim) and not _failed_on(payout, number, keys):
            await _take(session, payout, event, event.card.ciphertext)
            claim.await_payment()
            emit(session, PayoutRequested(payout=payout_fact(payout, claim, keys=keys)))
    for refund in await repository.refunds_without_card(event.person_id):
        if not _failed_on(refund, number, keys):
            await _take(session, refund, event, event.card.ciphertext)


async def _take(session: AsyncSession, payout: Payout, event: BankCardChanged, card: str) -> None:
    payout.change_card(card=card, bank_name=event.bank_name or "")
    await record(
        session, actor_id=f"person:{event.person_id}", action="payout.card_taken",
        subject=f"payout:{payout.id}", detail={},
    )  # fmt: skip


async def with_cards(
    session: AsyncSession, tenant_id: UUID, approved: Sequence[tuple[Claim, Payee]]
) -> list[tuple[Claim, Payee]]:
    """Return who is paid; a member without a card in the application or at enrolment gets that of the register."""
    missing = {claim.person_id for claim, payee in approved if payee.card is None and _is_the_members(claim)}
    cards = await CopyRepository(session, tenant_id).cards(missing)
    return [(claim, _with_card(claim, payee, cards)) for claim, payee in approved]


def _with_card(claim: Claim, payee: Payee, cards: dict[UUID, PersonCard]) -> Payee:
    known = cards.get(claim.person_id)
    if payee.card is not None or known is None or not _is_the_members(claim):
        return payee
    return Payee(payee.name, known.card, known.bank_name)


def _is_the_members(claim: Claim) -> bool:
    """Whether the money is the member's own: an heir's never goes to the member's card."""
    return not (claim.payee or {}).get("name")


def _failed_on(payout: Payout, number: str, keys: TenantKeys) -> bool:
    return payout.card is not None and keys.open(payout.card, context=CARD) == number
