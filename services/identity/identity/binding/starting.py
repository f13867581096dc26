"""Use cases of beginning: a binding, the recovery of an account, a change of mobile without the old number."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import ServiceContext
from common.identifiers import (
    DOCUMENT_TITLES,
    compact_number,
    document_faults,
    mobile_faults,
    name_faults,
    plain_document_number,
    plain_name,
)
from common.tenancy import current_pack

from ..accounts.links import open_ticket
from ..accounts.rules import new_refresh_token, refresh_digest
from ..codes.service import redeem_code
from ..errors import FieldsInvalid
from ..extras import ports
from ..members.models import Person
from ..members.registration import Given, person_of, prove_mobile, require_free_mobile, require_offered
from ..members.repository import MemberRepository
from . import rules
from .errors import DocumentKindNotAccepted, NotBound, RecoveryNotOffered
from .finishing import finish
from .models import Binding
from .repository import BindingRepository
from .schemas import BindingCreate, BindingStarted, MobileSet, RecoveryCreate

LIFETIME = timedelta(days=1)
LIFETIME_WAITING = timedelta(days=7)


class Plan(NamedTuple):
    """What a new binding is for."""

    purpose: str
    person: Person
    mobile: str
    consent: int | None = None
    ticket: str | None = None
    account_id: UUID | None = None


async def begin_binding(
    session: AsyncSession, *, context: ServiceContext, asked: BindingCreate
) -> BindingStarted:
    """Begin to bind; bound at once where the union asks for no verification.

    The mobile is proved before anything of the register decides the answer.
    """
    pack = await current_pack(session)
    require_offered(pack)
    given = _given(pack, asked)
    await prove_mobile(
        session,
        context=context,
        pack=pack,
        given=given,
        purpose="bind",
        code=asked.code,
        version=asked.consent.version,
    )
    keys = await context.keyring.for_tenant(session)
    await require_free_mobile(session, keys, given.mobile, document=given.document_number)
    if asked.ticket:
        open_ticket(keys, asked.ticket)
    person = await person_of(session, pack=pack, keys=keys, given=given)
    plan = Plan("bind", person, given.mobile, consent=pack.privacy.version, ticket=asked.ticket)
    return await _start(session, context=context, pack=pack, keys=keys, plan=plan)


async def begin_recovery(
    session: AsyncSession, *, context: ServiceContext, asked: RecoveryCreate
) -> BindingStarted:
    """Begin to recover an account without its mobile and device; RecoveryNotOffered without a verification."""
    pack = await current_pack(session)
    require_offered(pack)
    _require_verification(pack)
    given = _given(pack, asked)
    await prove_mobile(
        session, context=context, pack=pack, given=given, purpose="recover", code=asked.code, version=None
    )
    keys = await context.keyring.for_tenant(session)
    await require_free_mobile(session, keys, given.mobile, document=given.document_number)
    person = await person_of(session, pack=pack, keys=keys, given=given, bound=True)
    if person.account_id is None:
        raise NotBound
    plan = Plan("recover", person, given.mobile, ticket=asked.ticket, account_id=person.account_id)
    return await _start(session, context=context, pack=pack, keys=keys, plan=plan)


async def begin_mobile_change(
    session: AsyncSession, *, context: ServiceContext, actor: Actor, asked: MobileSet
) -> BindingStarted:
    """Begin to change the mobile of the signed-in account without the old number."""
    pack = await current_pack(session)
    _require_verification(pack)
    mobile = compact_number(asked.mobile)
    FieldsInvalid.raise_if({"mobile": mobile_faults(mobile)})
    await redeem_code(session, context=context, purpose="change_mobile", mobile=mobile, code=asked.code)
    keys = await context.keyring.for_tenant(session)
    await require_free_mobile(session, keys, mobile)
    found = await MemberRepository.of(session).locked([actor.person_id] if actor.person_id else [])
    if not found or found[0].account_id != actor.id:
        raise NotFound
    plan = Plan("change_mobile", found[0], mobile, account_id=actor.id)
    return await _start(session, context=context, pack=pack, keys=keys, plan=plan)


def _given(pack: TenantPack, asked: BindingCreate | RecoveryCreate) -> Given:
    kinds = pack.registration.binding.kinds
    if asked.document_kind not in kinds:
        titles = "、".join(title.in_language() for kind, title in DOCUMENT_TITLES.items() if kind in kinds)
        raise DocumentKindNotAccepted(kinds=titles)
    given = Given(
        plain_name(asked.name),
        asked.document_kind,
        plain_document_number(asked.document_number),
        compact_number(asked.mobile),
    )
    FieldsInvalid.raise_if(
        {
            "name": list(name_faults(given.name)),
            "document_number": document_faults(given.document_kind, given.document_number),
            "mobile": mobile_faults(given.mobile),
        }
    )
    return given


def _require_verification(pack: TenantPack) -> None:
    if not pack.registration.binding.face_verification:
        raise RecoveryNotOffered(contact=pack.tenant.contact.phone)


async def _start(
    session: AsyncSession, *, context: ServiceContext, pack: TenantPack, keys: TenantKeys, plan: Plan
) -> BindingStarted:
    person, binding_rules = plan.person, pack.registration.binding
    token = new_refresh_token()
    state = rules.first_state(
        binding_rules, document_kind=person.document_kind, face_kinds=ports(context).face.kinds
    )
    mobile = keys.sealed(plan.mobile, context="person.mobile", kind="mobile")
    binding = BindingRepository.of(session).add(
        Binding(
            person_id=person.id,
            purpose=plan.purpose,
            state=state if binding_rules.face_verification else "face",
            account_id=plan.account_id,
            document_kind=person.document_kind,
            document_sealed=person.document_sealed,
            name_sealed=person.name_sealed,
            mobile_sealed=mobile.ciphertext,
            mobile_index=mobile.index or "",
            link_sealed=plan.ticket,
            token_digest=refresh_digest(token),
            consent_number=plan.consent,
            expires_at=now() + (LIFETIME if state == "face" else LIFETIME_WAITING),
        )
    )
    await session.flush()
    await BindingRepository.of(session).end_others(person.id, but=binding.id)
    if not binding_rules.face_verification:
        await finish(session, context=context, keys=keys, binding=binding, by="mobile")
    return BindingStarted(id=binding.id, token=token)
