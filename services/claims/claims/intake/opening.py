"""Use cases: a member opens an application, staff opens one for a person who is then invited."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now
from common.contracts.claims import ClaimOpened
from common.contracts.pack import ClaimKind, TenantPack
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit
from common.identifiers import plain_number
from common.ids import new_id
from common.tenancy import current_pack, pack_of_version

from ..copies.models import PolicyCopy
from ..copies.repository import CopyRepository
from .dossier import empty_form, load_dossier
from .errors import KindUnknown, NoCover
from .facts import claim_fact
from .handing_in import new_files, verify_documents
from .models import Claim
from .numbers import claim_number
from .repository import ClaimRepository
from .schemas import ClaimCreate, ClaimRead, Invitation
from .service import show, type_in


def kind_for(pack: TenantPack, code: str, *, opener: str) -> ClaimKind:
    """Return a kind that `opener` (member, counter) may open; KindUnknown otherwise."""
    kind = next((kind for kind in pack.claims if kind.code == code), None)
    if kind is None or not (opener in kind.opened_by or (opener == "counter" and kind.invited)):
        raise KindUnknown(kind=code)
    return kind


async def open_claim(
    session: AsyncSession, *, actor: Actor, request: ClaimCreate, keys: TenantKeys, link_key: bytes
) -> ClaimRead:
    """Open a draft for the calling member and fill it with what its documents are known to say."""
    kind = kind_for(await current_pack(session), request.kind, opener="member")
    if actor.person_id is None:
        raise NoCover
    policies = await CopyRepository(session, actor.tenant_id).policies_of(actor.person_id)
    if request.policy_id is not None:
        policies = [policy for policy in policies if policy.id == request.policy_id]
        if not policies:
            raise NotFound
    claim = await _new_claim(
        session,
        actor=actor,
        person_id=actor.person_id,
        kind=kind,
        policies=policies,
        product_code=request.product_code,
        keys=keys,
    )
    claim.account_id = actor.id
    ClaimRepository(session, actor.tenant_id).add(claim)
    await session.flush()
    handed_in = verify_documents(request.documents, kind=kind, actor=actor, key=link_key)
    ClaimRepository(session, actor.tenant_id).add_all(new_files(claim, [], handed_in))
    await session.flush()
    dossier = await load_dossier(session, claim, keys=keys)
    type_in(dossier, request.fields)
    claim.form = dossier.sealed_form()
    return await show(session, dossier)


async def invite_claim(
    session: AsyncSession, *, actor: Actor, request: Invitation, keys: TenantKeys
) -> ClaimRead:
    """Open a claim in state 待上传 for a covered person, who is told to hand in the documents (C.10)."""
    kind = kind_for(await current_pack(session), request.kind, opener="counter")
    copies = CopyRepository(session, actor.tenant_id)
    indexes = keys.blinds("document", plain_number(request.document_number).upper())
    policies = await copies.policies_by_document(indexes)
    person = await copies.person_by_document(indexes)
    person_id = policies[0].person_id if policies else (person.id if person else None)
    if person_id is None:
        raise NoCover
    claim = await _new_claim(
        session,
        actor=actor,
        person_id=person_id,
        kind=kind,
        policies=policies,
        product_code=request.product_code,
        keys=keys,
    )
    claim.status, claim.opened_by = "to_upload", "counter"
    repository = ClaimRepository(session, actor.tenant_id)
    claim.number = claim_number((await repository.numbers(1))[0])
    repository.add(claim)
    await session.flush()
    dossier = await load_dossier(session, claim, keys=keys)
    type_in(dossier, request.fields)
    claim.form = dossier.sealed_form()
    repository.add_step(claim, node="open", action="opened", handler_id=actor.id)
    emit(session, ClaimOpened(claim=claim_fact(claim)))
    await record(session, actor_id=actor.id, action="claim.opened", subject=f"claim:{claim.id}", detail={})
    return await show(session, dossier)


async def _new_claim(
    session: AsyncSession,
    *,
    actor: Actor,
    person_id: UUID,
    kind: ClaimKind,
    policies: Sequence[PolicyCopy],
    product_code: str | None,
    keys: TenantKeys,
) -> Claim:
    """Return a new draft; it keeps the pack's version that the policy has, if that knows the kind."""
    copies = CopyRepository(session, actor.tenant_id)
    pack = await current_pack(session)
    person = await copies.person(person_id)
    policy = _latest(policies, kind, product_code)
    if kind.cover == "product" and policy is None:
        raise NoCover
    if kind.cover == "membership" and (person is None or person.state == "left"):
        raise NoCover
    version = await _version_of(session, policy, kind) if policy else pack.version
    unit_id = policy.unit_id if policy else (person.unit_id if person else None)
    unit = (await copies.units([unit_id])).get(unit_id) if unit_id else None
    return Claim(
        id=new_id(),
        tenant_id=actor.tenant_id,
        created_at=now(),
        version=1,
        kind=kind.code,
        event=kind.event,
        product_code=policy.product_code if policy else None,
        fund=pack.product(policy.product_code).fund if policy else kind.fund,
        policy_id=policy.id if policy else None,
        person_id=person_id,
        unit_id=unit_id,
        org_path=unit.org_path if unit else "",
        pack_version=version,
        opened_by="member",
        status="draft",
        round=1,
        form=empty_form(keys),
        review_reasons=[],
        automatic=False,
    )


def _latest(policies: Sequence[PolicyCopy], kind: ClaimKind, product_code: str | None) -> PolicyCopy | None:
    fitting = [
        p for p in policies if p.product_code in kind.products and product_code in {None, p.product_code}
    ]
    return max(fitting, key=lambda policy: policy.starts_on, default=None)


async def _version_of(session: AsyncSession, policy: PolicyCopy, kind: ClaimKind) -> int:
    pack = await pack_of_version(session, policy.pack_version)
    known = any(item.code == kind.code for item in pack.claims)
    return policy.pack_version if known else (await current_pack(session)).version
