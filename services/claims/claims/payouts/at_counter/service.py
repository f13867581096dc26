"""Use cases of the counter about payouts: which of a member's are stuck, propose another card, look at its picture."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now
from common.crypto import TenantKeys, sign
from common.errors import NotFound
from common.identifiers import mask_bank_card, mask_name
from common.proposals.repository import ProposalRepository
from common.proposals.service import find_proposal, propose, stored_parameters
from common.receipts import DocumentUnknown, open_receipt
from common.tenancy import current_pack

from ...intake.errors import PersonNotFound
from ...intake.insured import find_insured
from ..models import Payout
from ..repository import PayoutRepository
from ..service import CARD, NAME
from .commands import CARD_CHANGE, CardChange, must_be_the_payees
from .rules import proof_of_card
from .schemas import CardChangeCreate, CardChangeRead, EvidenceLink, PayoutSearch, StuckPayout


async def list_stuck_payouts(
    session: AsyncSession, *, actor: Actor, request: PayoutSearch, keys: TenantKeys
) -> list[StuckPayout]:
    """Return the payouts of the person with an ID number that lack a card or failed, within the caller's reach.

    The search is audited; nobody of this number is none.
    """
    try:
        shown = await find_insured(
            session, tenant_id=actor.tenant_id, document_number=request.document_number, name=None, keys=keys
        )
    except PersonNotFound:
        return []
    await record(
        session, actor_id=actor.id, action="payout.searched", subject=f"person:{shown.person_id}", detail={}
    )
    payouts = await PayoutRepository(session, actor.tenant_id).stuck(actor, shown.person_id)
    kinds = {kind.code: kind for kind in (await current_pack(session)).claims}
    proposals = ProposalRepository.of(session)

    async def read(payout: Payout) -> StuckPayout:
        kind = kinds.get(payout.kind or "")
        proof = proof_of_card(kind)
        waiting = await proposals.open_of(CARD_CHANGE.name, f"payout:{payout.id}")
        card = keys.open(payout.card, context=CARD) if payout.card else None
        return StuckPayout(
            id=payout.id,
            number=payout.number,
            claim_number=payout.claim_number,
            kind_title=kind.title.text().in_language() if kind else payout.kind or "",
            amount=payout.amount,
            status=payout.status,
            failure=payout.failure,
            name=mask_name(keys.open(payout.name, context=NAME)),
            heir=payout.payee == "legal_heir",
            card=mask_bank_card(card) if card else None,
            bank_name=payout.bank_name,
            evidence=proof.title.text().in_language() if proof else None,
            proposed=waiting is not None and waiting.expires_at > now(),
        )

    return [await read(payout) for payout in payouts]


async def propose_card(
    session: AsyncSession, *, actor: Actor, request: CardChangeCreate, keys: TenantKeys, link_key: bytes
) -> CardChangeRead:
    """Propose another card for a payout; it is paid on it once somebody else has consented."""
    document_id = None
    if request.document is not None:
        receipt = open_receipt(request.document, actor=actor, key=link_key)
        if not receipt.is_of(actor):
            raise DocumentUnknown
        document_id = receipt.document_id
    change = CardChange(**request.model_dump(exclude={"document"}), document_id=document_id)
    payout = await must_be_the_payees(session, actor, change, keys=keys)
    change = change.model_copy(update={"payout_version": payout.version})
    made = await propose(session, actor=actor, command=CARD_CHANGE, parameters=change, keys=keys)
    return CardChangeRead(
        proposal_id=made.id, payout_number=payout.number, card=mask_bank_card(request.card_number)
    )


async def shown_cards(session: AsyncSession, *, person_id: UUID, keys: TenantKeys) -> list[UUID]:
    """Return the pictures of cards that were ever proposed for a person's payouts."""
    payouts = await PayoutRepository(session, keys.tenant_id).ids_of_person(person_id)
    proposals = await ProposalRepository.of(session).about(
        CARD_CHANGE.name, [f"payout:{payout}" for payout in payouts]
    )
    changes = [stored_parameters(one, CARD_CHANGE, keys) for one in proposals]
    return [one.document_id for one in changes if isinstance(one, CardChange) and one.document_id is not None]


async def link_to_evidence(
    session: AsyncSession,
    *,
    actor: Actor,
    proposal_id: UUID,
    keys: TenantKeys,
    link_key: bytes,
    lifetime: timedelta,
) -> EvidenceLink:
    """Return a short-lived link to the picture of a proposed card; NotFound where there is none. It is audited."""
    commands = {CARD_CHANGE.name: CARD_CHANGE}
    proposal = await find_proposal(session, actor=actor, proposal_id=proposal_id, commands=commands)
    change = stored_parameters(proposal, CARD_CHANGE, keys)
    if not isinstance(change, CardChange) or change.document_id is None:
        raise NotFound
    await record(
        session,
        actor_id=actor.id,
        action="payout.revealed",
        subject=f"payout:{change.payout_id}",
        detail={"document_id": str(change.document_id)},
    )
    claims = {
        "document_id": str(change.document_id),
        "tenant_id": str(actor.tenant_id),
        "reader_id": str(actor.id),
    }
    return EvidenceLink(
        document_id=change.document_id, link=sign("document-link", claims, link_key, lifetime)
    )
