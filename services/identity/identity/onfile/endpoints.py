"""What a member keeps on file: always the caller's own."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from common.auth import Actor
from common.http import ContextDep, IfMatchDep, OnceDep, SessionDep, requires
from common.http.edits import set_etag

from ..auth import MEMBER_OWN
from . import addresses, applicants, cards, documents, settings_page
from .schemas import (
    AddressesRead,
    AddressPut,
    AddressRead,
    ApplicantPut,
    ApplicantRead,
    ApplicantsRead,
    BankCardCreate,
    BankCardPut,
    BankCardRead,
    BankCardsRead,
    DocumentFile,
    FiledDocumentRead,
    FiledDocumentsRead,
    FormValues,
    FormValuesAsk,
    OfferedDocumentsRead,
    PreferencesPut,
    PreferencesRead,
)

router = APIRouter(prefix="/members/me", tags=["on file"])
Own = Annotated[Actor, requires(MEMBER_OWN)]


@router.get("/documents")
async def list_documents(session: SessionDep, actor: Own, context: ContextDep) -> FiledDocumentsRead:
    """My documents 我的证件, masked."""
    return await documents.list_documents(session, actor=actor, context=context)


@router.post("/documents", status_code=201)
async def file_document(
    session: SessionDep, actor: Own, body: DocumentFile, context: ContextDep, once: OnceDep
) -> FiledDocumentRead:
    """Put an uploaded document on file; read as one's own, it takes the place of the one of its kind."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=FiledDocumentRead,
        work=lambda: documents.file_document(session, actor=actor, context=context, asked=body),
    )


@router.get("/documents/receipts")
async def offer_documents(session: SessionDep, actor: Own, context: ContextDep) -> OfferedDocumentsRead:
    """Receipts of my documents that were read: an application takes them without another photo (申请时自动带出)."""
    return await documents.offer_documents(session, actor=actor, context=context)


@router.delete("/documents/{document_id}", status_code=204)
async def remove_document(session: SessionDep, actor: Own, document_id: UUID, expected: IfMatchDep) -> None:
    """Take a document off file."""
    await documents.remove_document(session, actor=actor, document_id=document_id, expected=expected)


@router.get("/applicants")
async def list_applicants(session: SessionDep, actor: Own, context: ContextDep) -> ApplicantsRead:
    """Frequent applicants 常用申请人, masked."""
    return await applicants.list_applicants(session, actor=actor, context=context)


@router.post("/applicants", status_code=201)
async def add_applicant(
    session: SessionDep, actor: Own, body: ApplicantPut, context: ContextDep, once: OnceDep
) -> ApplicantRead:
    """Add a frequent applicant."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=ApplicantRead,
        work=lambda: applicants.add_applicant(session, actor=actor, context=context, asked=body),
    )


@router.put("/applicants/{applicant_id}")
async def edit_applicant(
    session: SessionDep,
    actor: Own,
    applicant_id: UUID,
    body: ApplicantPut,
    context: ContextDep,
    expected: IfMatchDep,
    response: Response,
) -> ApplicantRead:
    """Replace what is on file of a frequent applicant."""
    row, answer = await applicants.edit_applicant(
        session, actor=actor, context=context, applicant_id=applicant_id, expected=expected, asked=body
    )
    set_etag(response, row)
    return answer


@router.delete("/applicants/{applicant_id}", status_code=204)
async def remove_applicant(session: SessionDep, actor: Own, applicant_id: UUID, expected: IfMatchDep) -> None:
    """Delete a frequent applicant."""
    await applicants.remove_applicant(session, actor=actor, applicant_id=applicant_id, expected=expected)


@router.get("/bank-cards")
async def list_cards(session: SessionDep, actor: Own, context: ContextDep) -> BankCardsRead:
    """Bank cards, masked, the default one first."""
    return await cards.list_cards(session, actor=actor, context=context)


@router.post("/bank-cards", status_code=201)
async def add_card(
    session: SessionDep, actor: Own, body: BankCardCreate, context: ContextDep, once: OnceDep
) -> BankCardRead:
    """Add a bank card in one's own name."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=BankCardRead,
        work=lambda: cards.add_card(session, actor=actor, context=context, asked=body),
    )


@router.put("/bank-cards/{card_id}")
async def edit_card(
    session: SessionDep,
    actor: Own,
    card_id: UUID,
    body: BankCardPut,
    context: ContextDep,
    expected: IfMatchDep,
    response: Response,
) -> BankCardRead:
    """Rename the bank, or choose the card as the default."""
    row, answer = await cards.edit_card(
        session, actor=actor, context=context, card_id=card_id, expected=expected, asked=body
    )
    set_etag(response, row)
    return answer


@router.delete("/bank-cards/{card_id}", status_code=204)
async def remove_card(
    session: SessionDep, actor: Own, card_id: UUID, context: ContextDep, expected: IfMatchDep
) -> None:
    """Delete a bank card."""
    await cards.remove_card(session, actor=actor, context=context, card_id=card_id, expected=expected)


@router.get("/addresses")
async def list_addresses(session: SessionDep, actor: Own, context: ContextDep) -> AddressesRead:
    """Addresses 收件地址, the default one first."""
    return await addresses.list_addresses(session, actor=actor, context=context)


@router.post("/addresses", status_code=201)
async def add_address(
    session: SessionDep, actor: Own, body: AddressPut, context: ContextDep, once: OnceDep
) -> AddressRead:
    """Add an address."""
    return await once.run(
        session,
        caller=str(actor.id),
        answer=AddressRead,
        work=lambda: addresses.add_address(session, actor=actor, context=context, asked=body),
    )


@router.put("/addresses/{address_id}")
async def edit_address(
    session: SessionDep,
    actor: Own,
    address_id: UUID,
    body: AddressPut,
    context: ContextDep,
    expected: IfMatchDep,
    response: Response,
) -> AddressRead:
    """Replace an address."""
    row, answer = await addresses.edit_address(
        session, actor=actor, context=context, address_id=address_id, expected=expected, asked=body
    )
    set_etag(response, row)
    return answer


@router.delete("/addresses/{address_id}", status_code=204)
async def remove_address(session: SessionDep, actor: Own, address_id: UUID, expected: IfMatchDep) -> None:
    """Delete an address."""
    await addresses.remove_address(session, actor=actor, address_id=address_id, expected=expected)


@router.get("/preferences")
async def read_preferences(session: SessionDep, actor: Own) -> PreferencesRead:
    """Return the switches of the settings page."""
    return await settings_page.read_preferences(session, actor=actor)


@router.put("/preferences")
async def put_preferences(
    session: SessionDep, actor: Own, body: PreferencesPut, expected: IfMatchDep
) -> PreferencesRead:
    """Set the switches; notify obeys them except for messages that must arrive."""
    return await settings_page.put_preferences(session, actor=actor, expected=expected, asked=body)


@router.post("/form-values")
async def read_form_values(
    session: SessionDep, actor: Own, body: FormValuesAsk, context: ContextDep
) -> FormValues:
    """Return one's own full values, or a frequent applicant's, to fill a form with."""
    return await settings_page.read_form_values(session, actor=actor, context=context, asked=body)
