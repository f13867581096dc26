"""Use cases of tenants: a pack is applied, consented to, published, acknowledged."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.clock import now
from common.contracts.identity import TenantConfigured
from common.contracts.pack import TenantPack
from common.errors import NotFound
from common.events import emit
from common.http import ServiceContext
from common.ids import new_id

from ..accounts.models import Account
from ..organisation.growing import grow_tree
from . import rules
from .comparing import changes
from .errors import PackNotProposed, SamePerson, TenantIdentityChanged
from .models import PackVersion, Tenant
from .repository import TenantsRepository, directory_entries
from .schemas import PackChangeRead, PackChangesRead, PackStatusRead, PackVersionRead, TenantKeyRead
from .wording import place_words

SAME_ACT = timedelta(minutes=1)
MOST_CHANGES = 500
"""Changes that are listed one by one."""


async def apply_pack(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, pack: TenantPack, source: str
) -> PackVersionRead:
    """Take a pack in the transaction of its tenant.

    The first version makes the tenant and goes out at once; a pack that says nothing new changes nothing; a changed
    one is proposed and waits for a second person.
    """
    tenants = TenantsRepository.of(session)
    await tenants.lock()
    await _require_same_identity(session, pack)
    packs = await tenants.packs()
    newest = packs[0] if packs else None
    fingerprint = rules.fingerprint(pack)
    said = newest is not None and newest.status != "superseded" and newest.fingerprint == fingerprint
    if newest is not None and said and pack.version <= newest.number:
        return _read(newest, pack.code, changed=False)
    number = rules.next_number(written=pack.version, newest=newest.number if newest else None)
    pack = pack.model_copy(update={"version": number})
    for earlier in packs:
        if earlier.status == "proposed":
            earlier.supersede()
    await session.flush()
    version = tenants.add(
        PackVersion(
            id=new_id(), number=number, status="proposed", fingerprint=fingerprint, source=source,
            pack=pack.to_dict(), proposed_by=actor.id, proposed_human=actor.human,
        )
    )  # fmt: skip
    if newest is None:
        await _found_tenant(session, context=context, pack=pack)
        await publish(session, context=context, version=version, pack=pack, consented_by=None, first=True)
    await _audit(session, actor, "pack.installed" if newest is None else "pack.proposed", version)
    return _read(version, pack.code)


async def consent_to_pack(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, code: str, number: int
) -> PackVersionRead:
    """Let a proposed version go out; SamePerson if the caller proposed it."""
    tenants = TenantsRepository.of(session)
    await tenants.lock()
    version = await tenants.pack(number)
    if version is None:
        raise NotFound
    if version.status != "proposed":
        raise PackNotProposed
    if Eyes.of(actor).are(Eyes(version.proposed_by, version.proposed_human)):
        raise SamePerson
    pack = TenantPack.from_json(version.pack)
    await publish(session, context=context, version=version, pack=pack, consented_by=actor.id, first=False)
    await _audit(session, actor, "pack.consented", version)
    return _read(version, code)


async def refuse_pack(session: AsyncSession, *, actor: Actor, code: str, number: int) -> PackVersionRead:
    """Give up a version that waits for consent: whoever proposed it takes it back, anybody else refuses it."""
    tenants = TenantsRepository.of(session)
    await tenants.lock()
    version = await tenants.pack(number)
    if version is None:
        raise NotFound
    if version.status == "published":
        raise PackNotProposed
    if version.status == "proposed":
        version.supersede()
        own = Eyes.of(actor).are(Eyes(version.proposed_by, version.proposed_human))
        await _audit(session, actor, "pack.withdrawn" if own else "pack.refused", version)
    return _read(version, code)


async def read_changes(session: AsyncSession, *, code: str, number: int) -> PackChangesRead:
    """Return what a version changes beside the one published before it."""
    packs = await TenantsRepository.of(session).packs()
    version = next((one for one in packs if one.number == number), None)
    if version is None:
        raise NotFound
    earlier = next((one for one in packs if one.number < number and one.status == "published"), None)
    found = changes(earlier.pack if earlier else {}, version.pack)
    items = [
        PackChangeRead(
            path=one.path,
            words=place_words(one.path, version.pack, earlier.pack if earlier else {}),
            before=one.before,
            after=one.after,
        )
        for one in found[:MOST_CHANGES]
    ]
    against = earlier.number if earlier else None
    return PackChangesRead(code=code, version=number, against=against, number=len(found), items=items)


async def publish(
    session: AsyncSession,
    *,
    context: ServiceContext,
    version: PackVersion,
    pack: TenantPack,
    consented_by: UUID | None,
    first: bool,
) -> None:
    """Make a version hold here and tell all services."""
    effective_from = rules.effective_instant(pack, at=now(), first=first)
    version.publish(effective_from=effective_from, consented_by=consented_by)
    tenants = TenantsRepository.of(session)
    tenant = await tenants.find(Tenant, tenants.tenant_id, lock=True)
    if tenant is not None:
        tenant.rename(pack.tenant.name.zh, pack.tenant.name.en)
    await session.flush()
    await grow_tree(session, context=context, pack=pack)
    await tenants.store_copy(
        code=pack.code, number=version.number, effective_from=effective_from, pack=version.pack
    )
    await session.flush()
    emit(session, await configured_event(tenants, version, pack.code))


async def configured_event(tenants: TenantsRepository, version: PackVersion, code: str) -> TenantConfigured:
    """Return a published version as other services need it, with the tenant's wrapped keys."""
    return TenantConfigured(
        code=code,
        pack_version=version.number,
        effective_from=version.effective_from or now(),
        pack=version.pack,
        keys=await tenants.wrapped_keys(),
    )


async def add_key(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, code: str
) -> TenantKeyRead:
    """Give the tenant a new key and tell all services; every worker moves what stands under the older ones.

    Two who ask at the same time want one key: within a minute the second gets the first one's.
    """
    tenants = TenantsRepository.of(session)
    await tenants.lock()
    published = [pack for pack in await tenants.packs() if pack.status == "published"]
    if not published:
        raise NotFound
    newest = await tenants.newest_key()
    if newest is not None and newest.version > 1 and now() - newest.created_at < SAME_ACT:
        return TenantKeyRead(tenant_id=tenants.tenant_id, version=newest.version)
    row = await context.keyring.add_version(session, tenants.tenant_id)
    emit(session, await configured_event(tenants, published[0], code))
    await record(
        session, actor_id=actor.id, action="tenant.key_added", subject=f"tenant:{tenants.tenant_id}",
        detail={"version": row.version},
    )  # fmt: skip
    return TenantKeyRead(tenant_id=tenants.tenant_id, version=row.version)


async def acknowledge_pack(session: AsyncSession, *, number: int, service: str) -> None:
    """Remember that a service has a version."""
    await TenantsRepository.of(session).acknowledge(number, service)


async def read_pack_status(session: AsyncSession, *, actor: Actor, code: str) -> PackStatusRead:
    """Return the newest version, who has it, and the version that is live."""
    tenants = TenantsRepository.of(session)
    packs = await tenants.packs()
    if not packs:
        raise NotFound
    held = await tenants.acknowledgements()
    newest = packs[0]
    acknowledged = held.get(newest.number, set())
    proposer = await tenants.find(Account, newest.proposed_by)
    live = [p.number for p in packs if p.status == "published" and rules.is_live(held.get(p.number, ()))]
    return PackStatusRead.model_validate(
        {
            "code": code,
            "version": newest.number,
            "status": newest.status,
            "live": newest.status == "published" and rules.is_live(acknowledged),
            "live_version": max(live, default=None),
            "proposer": proposer.user_name if proposer else None,
            "mine": newest.proposed_by == actor.id,
            "proposed_at": newest.created_at,
            "acknowledged": sorted(acknowledged),
            "waiting": sorted(rules.SERVICES - acknowledged) if newest.status == "published" else [],
        }
    )


async def _require_same_identity(session: AsyncSession, pack: TenantPack) -> None:
    known = await directory_entries(session, code=pack.code, tenant_id=pack.tenant.id)
    if known and known != {pack.tenant.id: pack.code}:
        raise TenantIdentityChanged


async def _found_tenant(session: AsyncSession, *, context: ServiceContext, pack: TenantPack) -> None:
    """Make the tenant and its first key."""
    tenants = TenantsRepository.of(session)
    name = pack.tenant.name
    tenants.add(Tenant(id=pack.tenant.id, code=pack.code, name_zh=name.zh, name_en=name.en))
    await context.keyring.add_version(session, pack.tenant.id)


async def _audit(session: AsyncSession, actor: Actor, action: str, version: PackVersion) -> None:
    await record(
        session,
        actor_id=actor.id,
        action=action,
        subject=f"tenant:{version.tenant_id}",
        detail={"version": version.number, "fingerprint": version.fingerprint, "status": version.status},
    )


def _read(version: PackVersion, code: str, *, changed: bool = True) -> PackVersionRead:
    return PackVersionRead.model_validate(
        {
            "tenant_id": version.tenant_id,
            "code": code,
            "version": version.number,
            "status": version.status,
            "changed": changed,
            "effective_from": version.effective_from,
        }
    )
