"""Use cases of documents on file: put there by their signed receipt, filled with what ocr reads (row B.03)."""

from datetime import timedelta
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.contracts.ocr import DocumentRecognized
from common.crypto import TenantKeys
from common.http import ServiceContext
from common.identifiers import mask_bank_card, mask_id_number, mask_name
from common.receipts import renew_receipt
from common.text import Text

from ..members.models import Person
from ..members.repository import MemberRepository
from ..units.papers import own_receipt
from . import rules
from .errors import DocumentFiled, PictureNeeded
from .models import FiledDocument, FrequentApplicant
from .repository import OnFileRepository
from .schemas import (
    DocumentFile,
    FieldRead,
    FiledDocumentRead,
    FiledDocumentsRead,
    OfferedDocument,
    OfferedDocumentsRead,
)
from .service import own_row, person_of, writer

RECOGNITION = "ocr.recognition"
OFFERED = timedelta(hours=12)
"""How long an application may be begun with the receipt of a document on file."""
TITLE = Text("证件照片", "picture of the document")
MASKS = {
    "姓名": mask_name,
    "公民身份号码": mask_id_number,
    "社会保障号码": mask_id_number,
    "卡号": mask_bank_card,
}


async def file_document(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: DocumentFile
) -> FiledDocumentRead:
    """Put an uploaded document on file; read as the person's own, it takes the place of the one before."""
    person = await writer(session, actor)
    receipt = own_receipt(asked.receipt, actor=actor, title=TITLE, key=context.link_key)
    if receipt.media_type not in rules.PICTURES:
        raise PictureNeeded
    if asked.applicant_id is not None:
        await own_row(session, FrequentApplicant, asked.applicant_id, person.id)
    repository = OnFileRepository.of(session)
    if await repository.filed(receipt.document_id) is not None:
        raise DocumentFiled
    for old in await repository.filed_as(person.id, asked.kind, asked.applicant_id):
        if old.state != "read":
            await repository.remove(old)
    row = FiledDocument(
        person_id=person.id, applicant_id=asked.applicant_id, kind=asked.kind, state="reading", **receipt._asdict()
    )  # fmt: skip
    repository.add(row)
    await session.flush()
    keys = await context.keyring.for_tenant(session)
    known = await repository.recognition(receipt.document_id)
    if known is not None:
        await _take(session, row, known.outcome, known.document_type, known.fields_sealed, keys)
        await repository.remove(known)
    await session.flush()
    return read(row, keys)


async def _take(
    session: AsyncSession, row: FiledDocument, outcome: str, document_type: str, fields: str, keys: TenantKeys
) -> None:
    """Take what was read; what is the person's own takes the place of those before, anything else leaves them."""
    row.recognise(rules.state_of(kind=row.kind, outcome=outcome, document_type=document_type), fields)
    if row.state != "read":
        return
    if not rules.bears(values(row, keys), kind=row.kind, **await _registered(session, row, keys)):
        row.turn_away()
        return
    repository = OnFileRepository.of(session)
    for old in await repository.filed_as(row.person_id, row.kind, row.applicant_id):
        if old.id < row.id:
            await repository.remove(old)


async def _registered(session: AsyncSession, row: FiledDocument, keys: TenantKeys) -> dict[str, str]:
    """Return name and document of the person whose card it should be: the member, or the frequent applicant."""
    of: Person | FrequentApplicant
    if row.applicant_id is not None:
        of = await own_row(session, FrequentApplicant, row.applicant_id, row.person_id)
    else:
        of = (await MemberRepository.of(session).people([row.person_id]))[row.person_id]
    return {
        "name": keys.open(of.name_sealed, context="person.name"),
        "document_kind": of.document_kind,
        "number": keys.open(of.document_sealed, context="person.document"),
    }


async def list_documents(
    session: AsyncSession, *, actor: Actor, context: ServiceContext
) -> FiledDocumentsRead:
    """Return the caller's documents on file, masked."""
    keys = await context.keyring.for_tenant(session)
    rows = await OnFileRepository.of(session).own(FiledDocument, person_of(actor))
    return FiledDocumentsRead(items=[read(row, keys) for row in rows])


async def offer_documents(
    session: AsyncSession, *, actor: Actor, context: ServiceContext
) -> OfferedDocumentsRead:
    """Return the caller's own documents that were read, each with a fresh receipt: an application takes them by it."""
    rows = await OnFileRepository.of(session).own(FiledDocument, person_of(actor))
    return OfferedDocumentsRead(
        items=[
            OfferedDocument.model_validate(
                {"kind": row.kind, "document_id": row.document_id, "receipt": _receipt(row, actor, context)}
            )
            for row in rows
            if row.state == "read" and row.applicant_id is None
        ]
    )


def _receipt(row: FiledDocument, actor: Actor, context: ServiceContext) -> str:
    return renew_receipt(
        document_id=row.document_id,
        media_type=row.media_type,
        sha256=row.sha256,
        actor=actor,
        key=context.link_key,
        lifetime=OFFERED,
    )


async def remove_document(session: AsyncSession, *, actor: Actor, document_id: UUID, expected: int) -> None:
    """Take a document off file; claims it was used in keep theirs."""
    row = await own_row(session, FiledDocument, document_id, person_of(actor), expected=expected)
    await OnFileRepository.of(session).remove(row)


async def take_recognition(
    session: AsyncSession, *, context: ServiceContext, event: DocumentRecognized
) -> None:
    """Fill the document that is on file, or remember the reading of a card until it is put there."""
    repository = OnFileRepository.of(session)
    row = await repository.filed(event.document_id)
    if row is not None:
        if row.state == "reading":
            keys = await context.keyring.for_tenant(session)
            await _take(session, row, event.outcome, event.document_type, event.recognition.ciphertext, keys)
        return
    if event.person_id is None or event.document_type not in rules.EVENT_KINDS:
        return
    await repository.keep_recognition(
        {
            "id": event.document_id,
            "person_id": event.person_id,
            "owner_id": event.owner_id,
            "outcome": event.outcome,
            "document_type": event.document_type,
            "fields_sealed": event.recognition.ciphertext,
        }
    )


def values(row: FiledDocument, keys: TenantKeys) -> dict[str, dict[str, object]]:
    """Return what was read on a document, in full."""
    if row.fields_sealed is None or row.state != "read":
        return {}
    return rules.values_of(orjson.loads(keys.open(row.fields_sealed, context=RECOGNITION)))


def read(row: FiledDocument, keys: TenantKeys) -> FiledDocumentRead:
    """Return a document on file, its values masked."""
    fields = {
        name: FieldRead.model_validate({**found, "value": _masked(name, str(found["value"]))})
        for name, found in values(row, keys).items()
    }
    return FiledDocumentRead.model_validate(
        {
            "id": row.id, "version": row.version, "kind": row.kind, "document_id": row.document_id,
            "applicant_id": row.applicant_id, "state": row.standing, "fields": fields, "created_at": row.created_at,
        }
    )  # fmt: skip


def _masked(name: str, value: str) -> str:
    """Mask a value; of one that nobody has said how to mask only the first character is shown."""
    return MASKS.get(name, mask_name)(value)
