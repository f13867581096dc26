"""Steps of a binding on its device: looked at, verified by face or bank card, signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.http import ServiceContext
from common.identifiers import bank_card_faults, compact_number, mobile_faults
from common.tenancy import current_pack
from common.text import Text

from ..accounts.models import Account
from ..accounts.repository import AccountRepository
from ..accounts.rules import refresh_digest
from ..accounts.schemas import TokensRead
from ..accounts.service import open_session
from ..errors import FieldsInvalid
from ..extras import ports, settings_of
from ..ports.interface import CardAsked, FaceAsked
from ..sso.addresses import face_returns_to
from . import rules
from .errors import BindingUnknown, CardNotOffered, FaceConsentNeeded, FaceNotBegun, WrongStep
from .finishing import finish
from .models import Binding
from .repository import BindingRepository
from .schemas import (
    BankCheck,
    BindingRead,
    BindingStarted,
    BindingStartedRead,
    FaceConsent,
    FaceStartedRead,
)
from .service import read


class Device(NamedTuple):
    """Who goes on with a binding: its id, the token that its device was given, what the device calls itself."""

    tenant_id: UUID
    binding_id: UUID
    token: str
    agent: str | None = None


class Held(NamedTuple):
    """A binding, locked in a transaction of its own, with what every step needs."""

    session: AsyncSession
    binding: Binding
    pack: TenantPack
    keys: TenantKeys


@asynccontextmanager
async def held(context: ServiceContext, device: Device) -> AsyncIterator[Held]:
    """Open a transaction with the device's binding locked; BindingUnknown for any other device.

    Steps talk to providers between two such transactions, never inside one.
    """
    async with context.db.transaction(device.tenant_id) as session:
        binding = await BindingRepository.of(session).of_device(
            device.binding_id, refresh_digest(device.token)
        )
        if binding is None:
            raise BindingUnknown
        keys = await context.keyring.for_tenant(session)
        yield Held(session, binding, await current_pack(session), keys)


async def read_binding(context: ServiceContext, device: Device) -> BindingRead:
    """Return how far the device's binding is; it survives a reload of the app."""
    async with held(context, device) as it:
        return read(it.binding, it.pack, it.keys)


async def read_started(
    session: AsyncSession, *, context: ServiceContext, started: BindingStarted, agent: str | None
) -> BindingStartedRead:
    """Return a binding that has just been begun, with tokens if it is done already."""
    binding = await BindingRepository.of(session).of_device(started.id, refresh_digest(started.token))
    if binding is None:
        raise BindingUnknown
    keys, pack = await context.keyring.for_tenant(session), await current_pack(session)
    tokens = None
    if binding.may_sign_in:
        tokens = await _open_session(session, context=context, binding=binding, agent=agent)
    shown = read(binding, pack, keys).model_dump(exclude={"tokens"})
    return BindingStartedRead(**shown, tokens=tokens, token=started.token)


async def begin_face(context: ServiceContext, device: Device, asked: FaceConsent) -> FaceStartedRead:
    """Open a face verification for a person who consents to it."""
    if not asked.consent:
        raise FaceConsentNeeded
    async with held(context, device) as it:
        it.binding.require("face")
        it.binding.face_consent_at = it.binding.face_consent_at or now()
        wanted = FaceAsked(
            tenant_id=device.tenant_id,
            reference=it.binding.id,
            name=it.keys.open(it.binding.name_sealed, context="person.name"),
            document_kind=it.binding.document_kind,
            document_number=it.keys.open(it.binding.document_sealed, context="person.document"),
            return_url=face_returns_to(settings_of(context).public_url.rstrip("/"), tenant=it.pack.code),
        )
    started = await ports(context).face.begin(wanted)
    async with held(context, device) as it:
        it.binding.require("face")
        it.binding.begin_face(started.token)
        return FaceStartedRead(url=started.url, binding=read(it.binding, it.pack, it.keys))


async def end_face(context: ServiceContext, device: Device) -> BindingRead:
    """Ask how the verification ended: bound, try again, or on to the other ways. Pending changes nothing."""
    async with held(context, device) as it:
        if it.binding.state == "bound":
            return await _bound_read(context, device, it)
        it.binding.require("face")
        token = it.binding.face_token
        if token is None:
            raise FaceNotBegun
    verdict = await ports(context).face.outcome(device.tenant_id, token)
    async with held(context, device) as it:
        if it.binding.state == "bound":
            return await _bound_read(context, device, it)
        it.binding.require("face")
        if verdict == "pending":
            return _told(it, rules.FACE_PENDING)
        if verdict == "passed":
            if it.binding.face_token != token:
                raise FaceNotBegun
            await finish(it.session, context=context, keys=it.keys, binding=it.binding, by="face")
            return await _bound_read(context, device, it)
        failures = it.binding.face_failures + 1
        following = rules.after_failed_face(it.pack.registration.binding, failures=failures)
        it.binding.face_ended(token, next_state=following)
        ways = rules.other_ways(
            it.pack.registration.binding,
            document_kind=it.binding.document_kind,
            bank_failures=it.binding.bank_failures,
        )
        contact = it.pack.tenant.contact.phone
        told = rules.failed_face(it.pack.registration.binding, failures=failures, ways=ways, contact=contact)
        return _told(it, told)


async def check_card(context: ServiceContext, device: Device, asked: BankCheck) -> BindingRead:
    """Check the four factors with the banks: bound, or one try less. Holders of ID cards only."""
    card, other_mobile = compact_number(asked.card_number), compact_number(asked.mobile or "")
    faults = {"card_number": bank_card_faults(card)}
    FieldsInvalid.raise_if(faults | ({"mobile": mobile_faults(other_mobile)} if other_mobile else {}))
    async with held(context, device) as it:
        _require_card_offered(it)
        wanted = CardAsked(
            tenant_id=device.tenant_id,
            reference=it.binding.id,
            name=it.keys.open(it.binding.name_sealed, context="person.name"),
            document_number=it.keys.open(it.binding.document_sealed, context="person.document"),
            card=card,
            mobile=other_mobile or it.keys.open(it.binding.mobile_sealed, context="person.mobile"),
        )
        # Counted before it is asked: many requests at once must not get more tries than there are.
        it.binding.card_failed()
    try:
        matches = await ports(context).cards.matches(wanted)
    except Exception:
        async with held(context, device) as it:
            it.binding.card_undecided()
        raise
    async with held(context, device) as it:
        if it.binding.state != "bound":
            it.binding.require("other_ways")
            if not matches:
                failures, contact = it.binding.bank_failures, it.pack.tenant.contact.phone
                return _told(it, rules.failed_card(failures=failures, contact=contact))
            await finish(it.session, context=context, keys=it.keys, binding=it.binding, by="bank_card")
        return await _bound_read(context, device, it)


async def sign_in_bound(context: ServiceContext, device: Device) -> TokensRead:
    """Open the session of a binding that is done: its own step's answer was lost, or staff confirmed it."""
    async with held(context, device) as it:
        if not it.binding.may_sign_in:
            raise WrongStep
        return await _open_session(it.session, context=context, binding=it.binding, agent=device.agent)


def _told(it: Held, message: Text) -> BindingRead:
    shown = read(it.binding, it.pack, it.keys)
    return shown.model_copy(update={"message": message.in_language()})


def _require_card_offered(it: Held) -> None:
    it.binding.require("other_ways")
    ways = rules.other_ways(
        it.pack.registration.binding,
        document_kind=it.binding.document_kind,
        bank_failures=it.binding.bank_failures,
    )
    if "bank_four_factor" not in ways:
        raise CardNotOffered


async def _bound_read(context: ServiceContext, device: Device, it: Held) -> BindingRead:
    shown = read(it.binding, it.pack, it.keys)
    if not it.binding.may_sign_in:
        return shown
    tokens = await _open_session(it.session, context=context, binding=it.binding, agent=device.agent)
    return shown.model_copy(update={"tokens": tokens})


async def _open_session(
    session: AsyncSession, *, context: ServiceContext, binding: Binding, agent: str | None
) -> TokensRead:
    account = await AccountRepository.of(session).find(Account, binding.account_id or binding.id)
    if account is None or account.status == "closed":
        raise BindingUnknown
    binding.note_sign_in()
    return await open_session(
        session,
        context=context,
        account=account,
        way=f"binding:{binding.bound_by}",
        device=agent,
        # Its code proved the mobile; where staff confirmed who it is, that may be days ago.
        confirmed_at=None if binding.bound_by == "staff" else binding.bound_at,
    )
