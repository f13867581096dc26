"""The command of two people: a payout goes to another card that its payee showed at the counter (row B.09)."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.contracts.claims import PayeeChanged, PayoutRequested
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit
from common.identifiers import bank_card_faults, compact_number, mask_bank_card, mask_name, plain_name
from common.proposals.commands import Approved, Command
from common.tenancy import pack_of_version
from common.text import Text

from ...auth import COUNTER, RELEASE_PAYOUT
from ...intake.errors import CardInvalid, DocumentNumberWrong, PersonNotFound
from ...intake.insured import find_insured
from ...intake.models import Claim
from ...intake.repository import ClaimRepository
from ..errors import (
    CardOfSomebodyElse,
    EvidenceMissing,
    NotOfAClaim,
    PayeeChangedMeanwhile,
    PayeeFixed,
    PayoutOfSomebodyElse,
)
from ..models import Payout
from ..repository import PayoutRepository
from ..service import CARD, NAME, payout_fact
from .rules import proof_of_card
from .schemas import Number, Words

STUCK = ("awaiting_card", "failed")
GONE = "****"
"""Stands where a value was that is not kept once it was decided."""


class CardChange(BaseModel):
    """Another card of the payee: as it stands on the card or bank book, and the document that shows it."""

    model_config = ConfigDict(extra="forbid")

    payout_id: UUID
    document_number: Number
    holder: Words
    card_number: Number
    bank_name: Words
    document_id: UUID | None = None
    payout_version: int | None = None
    """Of the payout when it was proposed: what was done with it since is not passed over."""


async def check_change(session: AsyncSession, actor: Actor, change: CardChange) -> None:
    """Refuse a payout that is out of reach, of a refund or not stuck, and a number that cannot be a card's."""
    payout = await PayoutRepository(session, actor.tenant_id).find_visible(actor, change.payout_id)
    if payout is None:
        raise NotFound
    if payout.claim_id is None:
        raise NotOfAClaim(number=payout.number)
    if payout.status not in STUCK:
        raise PayeeFixed
    faults = bank_card_faults(compact_number(change.card_number))
    if faults:
        raise CardInvalid(errors=[_wrong("card_number", fault.code, fault.sentence) for fault in faults])


async def must_be_the_payees(
    session: AsyncSession, actor: Actor, change: CardChange, *, keys: TenantKeys
) -> Payout:
    """Return the payout whose payee the card is of.

    PayoutOfSomebodyElse where the ID card is not the insured person's, CardOfSomebodyElse where the card's holder is
    not who is paid, EvidenceMissing where the claim's form asks for a picture of the card.
    """
    await check_change(session, actor, change)
    payout = await PayoutRepository(session, actor.tenant_id).find_visible(actor, change.payout_id)
    if payout is None or payout.claim_id is None:
        raise NotFound
    try:
        shown = await find_insured(
            session, tenant_id=actor.tenant_id, document_number=change.document_number, name=None, keys=keys
        )
    except (PersonNotFound, DocumentNumberWrong):
        shown = None
    if shown is None or shown.person_id != payout.person_id:
        raise PayoutOfSomebodyElse(
            errors=[_wrong("document_number", PayoutOfSomebodyElse.code, PayoutOfSomebodyElse.text)]
        )
    if _plain(change.holder) != _plain(keys.open(payout.name, context=NAME)):
        raise CardOfSomebodyElse(errors=[_wrong("holder", CardOfSomebodyElse.code, CardOfSomebodyElse.text)])
    claim = await ClaimRepository(session, actor.tenant_id).find(Claim, payout.claim_id)
    pack = await pack_of_version(session, claim.pack_version) if claim else None
    kind = next((one for one in pack.claims if claim and one.code == claim.kind), None) if pack else None
    if proof_of_card(kind) is not None and change.document_id is None:
        raise EvidenceMissing(errors=[_wrong("document", EvidenceMissing.code, EvidenceMissing.text)])
    return payout


async def change_card(session: AsyncSession, approved: Approved[CardChange]) -> None:
    """Pay it on the other card with the next batch; whoever proposed the card does not release it."""
    change, decider, keys = approved.parameters, approved.decider, approved.keys
    found = await must_be_the_payees(session, decider, change, keys=keys)
    repository, claims = (
        PayoutRepository(session, decider.tenant_id),
        ClaimRepository(session, decider.tenant_id),
    )
    claim = await claims.find(Claim, found.claim_id, lock=True) if found.claim_id else None
    payout = (await repository.hold([found.id])).get(found.id)
    if claim is None or payout is None:
        raise NotFound
    if payout.version != change.payout_version:
        raise PayeeChangedMeanwhile
    number = keys.seal(compact_number(change.card_number), context=CARD)
    payout.name_account(approved.proposer, holder=None, number=number, bank_name=change.bank_name)
    claim.await_payment()
    claims.add_step(claim, node="payment", action="card_changed")
    fact = payout_fact(payout, claim, keys=keys)
    emit(session, PayoutRequested(payout=fact))
    emit(session, PayeeChanged(payout=fact, by="staff"))
    await record(
        session,
        actor_id=decider.id,
        action="payout.card_changed",
        subject=f"payout:{payout.id}",
        detail={"proposed_by": str(approved.proposer.id)},
    )


def _wrong(field: str, code: str, words: Text) -> dict[str, object]:
    return {"field": field, "code": code, "message": words.in_language()}


def _plain(name: str) -> str:
    return plain_name(name).casefold()


def show_change(change: CardChange) -> dict[str, Any]:
    """Return it as the checker reads it: of names and numbers enough to compare with what is known of the payee.

    Of one that was decided, or ended otherwise, only which payout it was of and which picture showed the card.
    """
    if change.card_number == GONE:
        return {
            "payout_id": str(change.payout_id),
            "document_id": str(change.document_id) if change.document_id else None,
        }
    return {
        "payout_id": str(change.payout_id),
        "holder": mask_name(change.holder),
        "document_tail": change.document_number[-4:],
        "card": mask_bank_card(change.card_number),
        "bank_name": change.bank_name,
        "document_id": str(change.document_id) if change.document_id else None,
    }


def forget_values(change: CardChange) -> CardChange:
    """Return it without name and numbers: the payout has them where the change was made, and nowhere else."""
    return change.model_copy(
        update={"document_number": GONE, "holder": GONE, "card_number": GONE, "bank_name": GONE}
    )


CARD_CHANGE = Command(
    name="payout.change_card",
    title=Text("柜面更换收款卡", "Another card, shown at the counter"),
    parameters=CardChange,
    propose=COUNTER,
    decide=RELEASE_PAYOUT,
    run=change_card,
    check=check_change,
    subject=lambda change: f"payout:{change.payout_id}",
    show=show_change,
    forget=forget_values,
    place=Text("柜面受理 › 更换收款卡", "Counter › Another card"),
)
