"""Use cases: a member opens an application, for themselves or for another; staff takes one in at the counter."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.auth.scope import reaches
from common.clock import BUSINESS_ZONE, now
from common.contracts.pack import ClaimKind, TenantPack
from common.crypto import TenantKeys
from common.errors import NotFound
from common.ids import new_id
from common.tenancy import current_pack, pack_of_version

from ..copies.models import PolicyCopy
from ..copies.repository import CopyRepository
from .behalf import behalf_of, consent_to
from .dossier import empty_form, load_dossier
from .errors import (
    BehalfOfOneself,
    ClaimIdTaken,
    ConsentMissing,
    KindUnknown,
    NoCover,
    PersonNotFound,
    TakenInFuture,
)
from .handing_in import new_files, verify_documents
from .insured import Insured, find_insured
from .models import Claim
from .repository import ClaimRepository
from .schemas import ClaimCreate, ClaimRead, CounterClaim
from .service import show
from .typing_in import fill_in

CLOCKS_APART = timedelta(minutes=10)
"""By so much the clock of a counter's device may be ahead of the platform's."""


def kind_for(pack: TenantPack, code: str, *, opener: str) -> ClaimKind:
    """Return a kind that `opener` (member, counter) may open; KindUnknown otherwise."""
    kind = next((kind for kind in pack.claims if kind.code == code), None)
    if kind is None or not (opener in kind.opened_by or (opener == "counter" and kind.invited)):
        raise KindUnknown(kind=code)
    return kind


async def open_claim(
    session: AsyncSession, *, actor: Actor, request: ClaimCreate, keys: TenantKeys, link_key: bytes
) -> ClaimRead:
    """Open a draft for the calling member, or for another whose consent they state (代人申请)."""
    kind = kind_for(await current_pack(session), request.kind, opener="member")
    insured = await _insured_of(session, actor=actor, request=request, keys=keys)
    known = await _known(session, actor=actor, request=request, insured=insured, keys=keys)
    if known is not None:
        return known
    claim = await new_claim(
        session, actor=actor, insured=insured, kind=kind, request=request, opened_by="member"
    )
    claim.form = empty_form(keys)
    if request.on_behalf is not None:
        relation = request.on_behalf.relation
        if not request.on_behalf.consent:
            raise ConsentMissing(consent=consent_to(kind, relation)["zh"])
        claim.on_behalf = await behalf_of(session, actor=actor, kind=kind, relation=relation, keys=keys)
    return await _begin(session, claim, actor=actor, kind=kind, request=request, keys=keys, link_key=link_key)


async def take_in(
    session: AsyncSession, *, actor: Actor, request: CounterClaim, keys: TenantKeys, link_key: bytes
) -> ClaimRead:
    """Take an application in at the counter (C.11), within the caller's branch; the entry is audited."""
    taken_at = request.taken_at or now()
    if taken_at > now() + CLOCKS_APART:
        raise TakenInFuture(at=f"{taken_at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}")
    kind = kind_for(await current_pack(session), request.kind, opener="counter")
    insured = await find_insured(
        session,
        tenant_id=actor.tenant_id,
        document_number=request.insured.document_number,
        name=request.insured.name,
        keys=keys,
    )
    known = await _known(session, actor=actor, request=request, insured=insured, keys=keys)
    if known is not None:
        return known
    claim = await new_claim(
        session, actor=actor, insured=insured, kind=kind, request=request, opened_by="counter"
    )
    must_be_in_branch(actor, claim)
    claim.form = empty_form(keys)
    if request.applicant_relation is not None:
        relation = request.applicant_relation
        claim.on_behalf = await behalf_of(session, actor=actor, kind=kind, relation=relation, keys=keys)
    await record(
        session,
        actor_id=actor.id,
        action="claim.taken_in",
        subject=f"claim:{claim.id}",
        detail={"taken_at": taken_at.isoformat()},
    )
    return await _begin(session, claim, actor=actor, kind=kind, request=request, keys=keys, link_key=link_key)


def must_be_in_branch(actor: Actor, claim: Claim) -> None:
    """Raise PersonNotFound where staff of a branch names somebody of another."""
    mine = actor.kind is ActorKind.HANDLER and claim.unit_id == actor.unit_id
    if not (mine or reaches(actor, claim.org_path)):
        raise PersonNotFound


async def _known(
    session: AsyncSession, *, actor: Actor, request: ClaimCreate, insured: Insured, keys: TenantKeys
) -> ClaimRead | None:
    """Return the application that the client's id made before; ClaimIdTaken if it is another's, or about another."""
    if request.id is None:
        return None
    repository = ClaimRepository(session, actor.tenant_id)
    await repository.hold_id(request.id)
    claim = await repository.find(Claim, request.id)
    if claim is None:
        return None
    if (claim.account_id, claim.kind, claim.person_id) != (actor.id, request.kind, insured.person_id):
        raise ClaimIdTaken
    return await show(session, await load_dossier(session, claim, keys=keys))


async def _insured_of(
    session: AsyncSession, *, actor: Actor, request: ClaimCreate, keys: TenantKeys
) -> Insured:
    if request.on_behalf is not None:
        insured = await find_insured(
            session,
            tenant_id=actor.tenant_id,
            document_number=request.on_behalf.document_number,
            name=request.on_behalf.name,
            keys=keys,
        )
        if insured.person_id == actor.person_id:
            raise BehalfOfOneself
        return insured
    if actor.person_id is None:
        raise NoCover
    copies = CopyRepository(session, actor.tenant_id)
    policies = await copies.policies_of(actor.person_id)
    return Insured(actor.person_id, policies, await copies.person(actor.person_id))


async def _begin(
    session: AsyncSession,
    claim: Claim,
    *,
    actor: Actor,
    kind: ClaimKind,
    request: ClaimCreate,
    keys: TenantKeys,
    link_key: bytes,
) -> ClaimRead:
    """Store a new draft and fill it with what was typed and what its documents are known to say."""
    claim.account_id, claim.human = actor.id, actor.human
    claim.save()
    repository = ClaimRepository(session, actor.tenant_id)
    repository.add(claim)
    await session.flush()
    handed_in = verify_documents(request.documents, kind=kind, actor=actor, key=link_key)
    repository.add_all(new_files(claim, [], handed_in))
    await session.flush()
    dossier = await load_dossier(session, claim, keys=keys)
    fill_in(dossier, request.fields, request.payee)
    claim.form = dossier.sealed_form()
    return await show(session, dossier)


async def new_claim(
    session: AsyncSession,
    *,
    actor: Actor,
    insured: Insured,
    kind: ClaimKind,
    opened_by: str,
    request: ClaimCreate | None = None,
    product_code: str | None = None,
) -> Claim:
    """Return a new draft; it keeps the pack's version that the policy has, if that knows the kind."""
    copies = CopyRepository(session, actor.tenant_id)
    pack = await current_pack(session)
    policies = insured.policies
    if request is not None:
        product_code = request.product_code
        if request.policy_id is not None:
            policies = [policy for policy in policies if policy.id == request.policy_id]
            if not policies:
                raise NotFound
    policy = _latest(policies, kind, product_code)
    if kind.cover == "product" and policy is None:
        raise NoCover
    if kind.cover == "membership" and (insured.person is None or insured.person.state == "left"):
        raise NoCover
    version = await _version_of(session, policy, kind) if policy else pack.version
    unit_id = policy.unit_id if policy else (insured.person.unit_id if insured.person else None)
    unit = (await copies.units([unit_id])).get(unit_id) if unit_id else None
    return Claim(
        id=(request.id if request else None) or new_id(),
        tenant_id=actor.tenant_id,
        created_at=now(),
        version=1,
        kind=kind.code,
        event=kind.event,
        product_code=policy.product_code if policy else None,
        fund=pack.product(policy.product_code).fund if policy else kind.fund,
        policy_id=policy.id if policy else None,
        person_id=insured.person_id,
        unit_id=unit_id,
        org_path=unit.org_path if unit else "",
        pack_version=version,
        opened_by=opened_by,
        status="draft",
        round=1,
        review_reasons=[],
        missing=[],
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
