"""Use cases of an application up to its submission: open, fill in, hand in documents, read."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor, Page
from common.tenancy import current_pack, pack_of_version

from ..copies.repository import CopyRepository
from ..payouts.repository import PayoutRepository
from .behalf import behalf_of
from .dossier import Dossier, load_dossier, look_for_card
from .errors import BehalfNotPossible, NotAtTheCounter, PersonNotFound, StayUnknown
from .handing_in import new_files, verify_documents
from .insured import find_insured
from .kind_schemas import KindRead
from .kinds import read_kind
from .models import Claim, ClaimDocument, Wanted
from .reading import read_claim, read_summary
from .repository import ClaimRepository
from .schemas import ClaimRead, ClaimSearch, ClaimSummary, DocumentsAdd, FieldsChange
from .typing_in import fill_in


async def list_kinds(session: AsyncSession, *, opener: str) -> list[KindRead]:
    """Return the kinds that a member (or staff at the counter) can open, as screens draw them."""
    pack = await current_pack(session)
    return [read_kind(kind, pack) for kind in pack.claims if opener in kind.opened_by]


async def add_documents(
    session: AsyncSession,
    *,
    actor: Actor,
    claim_id: UUID,
    request: DocumentsAdd,
    keys: TenantKeys,
    link_key: bytes,
) -> ClaimRead:
    """Hand in further documents of a claim that is still open to its applicant."""
    claim = await find_own(session, actor=actor, claim_id=claim_id)
    claim.must_be_open()
    claim.save()
    pack = await pack_of_version(session, claim.pack_version)
    repository = ClaimRepository(session, actor.tenant_id)
    kind = pack.claim_kind(claim.kind)
    handed_in = verify_documents(request.documents, kind=kind, actor=actor, key=link_key)
    repository.add_all(new_files(claim, await repository.documents(claim.id), handed_in))
    await session.flush()
    return await _take_over(session, claim, keys=keys)


async def remove_document(
    session: AsyncSession, *, actor: Actor, claim_id: UUID, document_id: UUID, keys: TenantKeys
) -> ClaimRead:
    """Take a document off a claim, with the values that were read on it."""
    claim = await find_own(session, actor=actor, claim_id=claim_id)
    claim.must_be_open()
    claim.save()
    if not await ClaimRepository(session, actor.tenant_id).remove_document(claim.id, document_id):
        raise NotFound
    dossier = await load_dossier(session, claim, keys=keys)
    gone = str(document_id)
    dossier.form = {key: value for key, value in dossier.form.items() if value.document_id != gone}
    dossier.read()
    claim.change_form(dossier.sealed_form())
    return await show(session, dossier)


async def remove_stay(
    session: AsyncSession, *, actor: Actor, claim: Claim, stay: int, keys: TenantKeys
) -> ClaimRead:
    """Take a hospital stay off a claim, with its values and its documents; the others keep their numbers."""
    claim.must_be_open()
    dossier = await load_dossier(session, claim, keys=keys)
    if stay not in dossier.application().stays:
        raise StayUnknown(stay=stay)
    await ClaimRepository(session, actor.tenant_id).remove_stay(claim.id, stay)
    dossier.files = [file for file in dossier.files if file.stay != stay]
    dossier.form = {key: value for key, value in dossier.form.items() if key[1] != stay}
    dossier.read()
    claim.save()
    claim.change_form(dossier.sealed_form())
    return await show(session, dossier)


async def change_fields(
    session: AsyncSession, *, actor: Actor, claim: Claim, request: FieldsChange, keys: TenantKeys
) -> ClaimRead:
    """Type values into an open claim; what replaces a recognised value stays marked as a correction."""
    dossier = await load_dossier(session, claim, keys=keys)
    claim.must_be_open()
    if request.applicant_relation is not None:
        if claim.opened_by != "counter":
            raise BehalfNotPossible(relations="")
        relation = request.applicant_relation
        claim.on_behalf = await behalf_of(
            session, actor=actor, kind=dossier.kind, relation=relation, keys=keys
        )
    fill_in(dossier, request.fields, request.payee)
    await look_for_card(session, dossier)
    claim.save()
    claim.change_form(dossier.sealed_form())
    return await show(session, dossier)


async def find_claim(session: AsyncSession, *, actor: Actor, claim_id: UUID, lock: bool = False) -> Claim:
    """Return a claim that the caller may see; NotFound otherwise."""
    claim = await ClaimRepository(session, actor.tenant_id).find_visible(actor, claim_id, lock=lock)
    if claim is None:
        raise NotFound
    return claim


async def find_own(session: AsyncSession, *, actor: Actor, claim_id: UUID) -> Claim:
    """Lock and return a claim that the caller may work on: a member's own, or at the counter one of theirs."""
    claim = await find_claim(session, actor=actor, claim_id=claim_id, lock=True)
    if actor.kind is not ActorKind.MEMBER and claim.opened_by == "member":
        raise NotAtTheCounter
    return claim


async def get_claim(session: AsyncSession, *, actor: Actor, claim_id: UUID, keys: TenantKeys) -> ClaimRead:
    """Return a claim with everything about it."""
    claim = await find_claim(session, actor=actor, claim_id=claim_id)
    return await show(session, await load_dossier(session, claim, keys=keys))


async def list_files(session: AsyncSession, *, actor: Actor, claim_id: UUID) -> Sequence[ClaimDocument]:
    """Return the documents of a claim that the caller may see; staff who look are written to the audit log."""
    claim = await find_claim(session, actor=actor, claim_id=claim_id)
    if actor.person_id != claim.person_id:
        await record(
            session,
            actor_id=actor.id,
            action="claim.documents_opened",
            subject=f"claim:{claim.id}",
            detail={},
        )
    return await ClaimRepository(session, actor.tenant_id).documents(claim.id)


async def read_again(session: AsyncSession, claim: Claim, *, keys: TenantKeys) -> ClaimRead:
    """Return a claim as it is after a change in this transaction."""
    await session.flush()
    return await show(session, await load_dossier(session, claim, keys=keys))


async def list_claims(
    session: AsyncSession,
    *,
    actor: Actor,
    cursor: Cursor,
    wanted: Wanted,
    keys: TenantKeys,
) -> Page[ClaimSummary]:
    """Return the claims that the caller may see, the newest first."""
    repository = ClaimRepository(session, actor.tenant_id)
    rows = await repository.page(actor, cursor, wanted)
    packs = {
        version: await pack_of_version(session, version) for version in {row.pack_version for row in rows}
    }
    names = await CopyRepository(session, actor.tenant_id).names_of(rows)

    def read(claim: Claim) -> ClaimSummary:
        return read_summary(claim, packs[claim.pack_version], keys, names.get(claim.id))

    return cursor.page(rows, read)


async def search_claims(
    session: AsyncSession, *, actor: Actor, cursor: Cursor, request: ClaimSearch, keys: TenantKeys
) -> Page[ClaimSummary]:
    """Return the claims of the person with a document number that the caller may see; none if nobody has it."""
    try:
        insured = await find_insured(
            session,
            tenant_id=actor.tenant_id,
            document_number=request.document_number,
            name=None,
            keys=keys,
        )
    except PersonNotFound:
        return Page(items=[])
    await record(
        session, actor_id=actor.id, action="claim.searched", subject=f"person:{insured.person_id}", detail={}
    )
    wanted = Wanted(person_id=insured.person_id)
    return await list_claims(session, actor=actor, cursor=cursor, wanted=wanted, keys=keys)


async def fill_open_claims(
    session: AsyncSession, *, tenant_id: UUID, document_id: UUID, keys: TenantKeys
) -> None:
    """Take what has just been read on a document into the claims that are still open to their applicants."""
    for claim in await ClaimRepository(session, tenant_id).open_claims_with(document_id):
        await _take_over(session, claim, keys=keys)


async def _take_over(session: AsyncSession, claim: Claim, *, keys: TenantKeys) -> ClaimRead:
    dossier = await load_dossier(session, claim, keys=keys)
    claim.change_form(dossier.sealed_form())
    return await show(session, dossier)


async def show(session: AsyncSession, dossier: Dossier) -> ClaimRead:
    """Return a claim as its reader sees it."""
    claim = dossier.claim
    steps, payout = await PayoutRepository(session, claim.tenant_id).steps_and_payout(claim.id)
    handlers = {step.handler_id for step in steps if step.handler_id} - {claim.account_id, None}
    names = await CopyRepository(session, claim.tenant_id).staff_names(handlers)
    return read_claim(dossier, steps=steps, payout=payout, names=names)
