"""Use cases of bindings for the union's staff, and a binding as answers show it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import now
from common.contracts.bindings import BindingDecided
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys, open_words, seal_words
from common.errors import NotFound
from common.events import Sealed, emit
from common.http import Cursor, Page, ServiceContext
from common.identifiers import mask_document_number, mask_mobile, mask_name

from ..members.repository import MemberRepository
from . import rules
from .finishing import finish
from .models import Binding
from .repository import BindingRepository
from .schemas import BindingConfirm, BindingRead, BindingRefuse, WaitingBindingRead


async def list_waiting(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, cursor: Cursor
) -> Page[WaitingBindingRead]:
    """Return the bindings that wait for the union, masked."""
    found = await BindingRepository.of(session).waiting(actor, cursor, at=now())
    return cursor.page(found, lambda binding: _read_waiting(binding, keys))


async def confirm_binding(
    session: AsyncSession, *, context: ServiceContext, actor: Actor, binding_id: UUID, asked: BindingConfirm
) -> WaitingBindingRead:
    """Bind a person whom staff have identified themselves (联系我们); the reason stays with the person."""
    binding = await _in_reach(session, actor, binding_id)
    binding.require("other_ways")
    keys = await context.keyring.for_tenant(session)
    await finish(
        session, context=context, keys=keys, binding=binding, by="staff", staff=actor.id, reason=asked.reason
    )
    emit(session, _decided(binding))
    return _read_waiting(binding, keys)


async def refuse_binding(
    session: AsyncSession, *, keys: TenantKeys, actor: Actor, binding_id: UUID, asked: BindingRefuse
) -> WaitingBindingRead:
    """End a binding whose person could not be identified; the reason is told, and stays with the person."""
    binding = await _in_reach(session, actor, binding_id)
    binding.refuse(by=actor.id, reason=seal_words(keys, asked.reason))
    given = MemberRepository.of(session).note_reason(
        binding.person_id, action="binding.refused", by=actor.id, words=asked.reason, keys=keys
    )
    detail = {"binding": str(binding.id), "reason": str(given)}
    subject = f"person:{binding.person_id}"
    await record(session, actor_id=actor.id, action="binding.refused", subject=subject, detail=detail)
    emit(session, _decided(binding, reason=keys.sealed_words(asked.reason)))
    return _read_waiting(binding, keys)


async def _in_reach(session: AsyncSession, actor: Actor, binding_id: UUID) -> Binding:
    binding = await BindingRepository.of(session).in_reach(binding_id, actor)
    if binding is None:
        raise NotFound
    return binding


def _decided(binding: Binding, *, reason: Sealed | None = None) -> BindingDecided:
    return BindingDecided(
        binding_id=binding.id,
        name=Sealed(ciphertext=binding.name_sealed),
        mobile=Sealed(ciphertext=binding.mobile_sealed, index=binding.mobile_index),
        confirmed=reason is None,
        reason=reason,
    )


def read(binding: Binding, pack: TenantPack, keys: TenantKeys) -> BindingRead:
    """Return a binding as its device sees it."""
    binding_rules, contact = pack.registration.binding, pack.tenant.contact
    ways = rules.other_ways(
        binding_rules, document_kind=binding.document_kind, bank_failures=binding.bank_failures
    )
    waiting = binding.state == "other_ways"
    return BindingRead.model_validate(
        {
            **_masked(binding, keys),
            "id": binding.id,
            "purpose": binding.purpose,
            "state": binding.state if binding.is_open or binding.state == "bound" else "ended",
            "face_tries_left": rules.face_tries_left(binding_rules, failures=binding.face_failures),
            "bank_tries_left": rules.MOST_BANK_TRIES - binding.bank_failures if len(ways) > 1 else 0,
            "other_ways": list(ways) if waiting else [],
            "contact": {
                "phone": contact.phone,
                "person": contact.person,
                "hours": contact.hours.text().in_language() if contact.hours else None,
            },
            "expires_at": binding.expires_at,
            "bound_at": binding.bound_at,
            "message": _refusal(binding, pack, keys),
        }
    )


def _refusal(binding: Binding, pack: TenantPack, keys: TenantKeys) -> str | None:
    reason = open_words(keys, binding.refused_reason)
    if not reason:
        return None
    return rules.refused(reason, contact=pack.tenant.contact.phone).in_language()


def _masked(binding: Binding, keys: TenantKeys) -> dict[str, str]:
    return {
        "name": mask_name(keys.open(binding.name_sealed, context="person.name")),
        "document_kind": binding.document_kind,
        "document_number": mask_document_number(
            keys.open(binding.document_sealed, context="person.document")
        ),
        "mobile": mask_mobile(keys.open(binding.mobile_sealed, context="person.mobile")),
    }


def _read_waiting(binding: Binding, keys: TenantKeys) -> WaitingBindingRead:
    return WaitingBindingRead(
        id=binding.id,
        purpose=binding.purpose,
        person_id=binding.person_id,
        created_at=binding.created_at,
        expires_at=binding.expires_at,
        **_masked(binding, keys),
    )
