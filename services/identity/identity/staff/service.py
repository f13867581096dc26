"""Use cases of staff accounts: made, listed, closed, their password changed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.auth.scope import reaches, reaches_whole_tenant
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.errors import NotFound
from common.http import Cursor, Page, ServiceContext
from common.identifiers import (
    compact_number,
    mask_mobile,
    mask_name,
    mobile_faults,
    name_faults,
    plain_name,
)
from common.ids import new_id
from common.tenancy import current_pack

from ..accounts.models import Account
from ..accounts.repository import AccountRepository
from ..accounts.service import end_other_sessions, end_sessions_of
from ..errors import FieldsInvalid
from ..tenants.repository import TenantsRepository
from ..tenants.rules import ROOT_CODE
from ..units.errors import OrgNodeUnknown
from ..units.models import Unit
from ..units.profile import require_reached
from . import rules
from .errors import CredentialsWrong, OwnAccount, RoleTooWide, StaffExists, StaffTooWide
from .facts import tell_staff
from .passwords import hash_password, password_matches
from .repository import StaffRepository
from .schemas import ColleagueRead, PasswordChange, RoleRead, RolesRead, StaffCreate, StaffRead


async def list_roles(session: AsyncSession, *, actor: Actor) -> RolesRead:
    """Return the roles that staff may have, and which the caller may give."""
    wide = reaches_whole_tenant(actor)
    return RolesRead(
        items=[
            RoleRead(
                code=role.code, title=role.title.model_dump(), scope=role.scope,
                permissions=sorted(role.permissions), may_give=wide or role.scope != "tenant",
            )
            for role in rules.staff_roles(await current_pack(session))
        ]
    )  # fmt: skip


async def create_staff(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    asked: StaffCreate,
    password_due: bool = True,
) -> StaffRead:
    """Make a staff account: to be invited, or with an initial password, which its owner has to change if it is due."""
    pack = await current_pack(session)
    name, mobile = plain_name(asked.name), compact_number(asked.mobile)
    taken = await AccountRepository.of(session).of_user_name(asked.user_name) is not None
    faults = {
        "user_name": rules.user_name_faults(asked.user_name),
        "name": list(name_faults(name)),
        "mobile": mobile_faults(mobile),
        "roles": rules.role_faults(asked.roles, pack),
        "password": rules.password_faults(asked.password, user_name=asked.user_name)
        if asked.password is not None
        else [],
    }
    if taken and any(faults.values()):
        faults["user_name"] = [rules.USER_NAME_TAKEN]
    FieldsInvalid.raise_if(faults)
    accounts = AccountRepository.of(session)
    if taken:
        raise StaffExists
    org_path = await reached_path(session, actor, asked.branch)
    if not reaches_whole_tenant(actor) and rules.is_tenant_wide(asked.roles, pack):
        raise RoleTooWide
    keys = await context.keyring.for_tenant(session)
    sealed = keys.sealed(mobile, context="person.mobile", kind="mobile")
    account = accounts.add(
        Account(
            id=new_id(), kind=ActorKind.STAFF, mobile_sealed=sealed.ciphertext, mobile_index=sealed.index or "",
            name_sealed=keys.seal(name, context="person.name"), user_name=asked.user_name,
            password_hash=await hash_password(asked.password) if asked.password else rules.NO_PASSWORD,
            password_due=password_due,
            roles=sorted(set(asked.roles)), org_path=org_path,
        )
    )  # fmt: skip
    await session.flush()
    tell_staff(session, account)
    await _audit(session, actor, "staff.created", account, roles=account.roles)
    return read_staff(account, pack, keys)


async def list_staff(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, cursor: Cursor
) -> Page[StaffRead]:
    """Return the staff of the caller's part of the organisation, names and mobiles masked."""
    pack, keys = await current_pack(session), await context.keyring.for_tenant(session)
    found = await StaffRepository.of(session).page(actor, cursor)
    return cursor.page(found, lambda account: read_staff(account, pack, keys))


async def name_colleagues(
    session: AsyncSession, *, context: ServiceContext, ids: Sequence[UUID], user_names: Sequence[str]
) -> list[ColleagueRead]:
    """Return the names of the staff whom the caller has met as an account's id or user name; others are left out."""
    keys = await context.keyring.for_tenant(session)
    return [
        ColleagueRead(
            id=account.id,
            user_name=account.user_name or "",
            name=keys.open(account.name_sealed, context="person.name") if account.name_sealed else "",
        )
        for account in await StaffRepository.of(session).named(ids, user_names)
    ]


async def close_staff(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, account_id: UUID, reason: str
) -> StaffRead:
    """Let an account sign in no more; its sessions end at once. The reason is kept in the audit log."""
    account = await reached_account(session, actor, account_id)
    if account.kind != ActorKind.STAFF:
        raise NotFound
    if account.id == actor.id:
        raise OwnAccount
    if account.status != "closed":
        account.close()
        await end_sessions_of(session, context=context, account=account, reason="closed")
        tell_staff(session, account)
        await _audit(session, actor, "staff.closed", account, reason=reason)
    keys = await context.keyring.for_tenant(session)
    return read_staff(account, await current_pack(session), keys)


async def read_me(session: AsyncSession, *, actor: Actor, context: ServiceContext) -> StaffRead:
    """Return the caller's own account, unmasked."""
    account = await own_account(session, actor)
    keys = await context.keyring.for_tenant(session)
    return read_staff(account, await current_pack(session), keys, masked=False)


async def change_password(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, asked: PasswordChange
) -> StaffRead:
    """Change one's own password and end the other sessions; CredentialsWrong if the current one is not right."""
    account = await own_account(session, actor)
    if not await password_matches(account.password_hash, asked.current):
        raise CredentialsWrong
    faults = rules.password_faults(asked.new, user_name=account.user_name or "")
    FieldsInvalid.raise_if({"new": faults})
    account.set_password(await hash_password(asked.new), due=False)
    await end_other_sessions(session, context=context, actor=actor, reason="password_changed")
    await _audit(session, actor, "staff.password_changed", account)
    return await read_me(session, actor=actor, context=context)


def read_staff(account: Account, pack: TenantPack, keys: TenantKeys, *, masked: bool = True) -> StaffRead:
    """Return a staff account as answers show it."""
    name = keys.open(account.name_sealed, context="person.name") if account.name_sealed else ""
    mobile = keys.open(account.known_mobile, context="person.mobile")
    return StaffRead(
        id=account.id,
        version=account.version,
        user_name=account.user_name or "",
        name=mask_name(name) if masked else name,
        mobile=mask_mobile(mobile),
        roles=account.roles,
        role_titles=[r.title.text().in_language() for r in pack.roles if r.code in account.roles],
        org_path=account.org_path,
        status=account.status,
        password_due=account.password_due,
        invitation_due=account.password_hash == rules.NO_PASSWORD,
        signed_in_at=account.signed_in_at,
        created_at=account.created_at,
    )


def _require_within(actor: Actor, org_path: str) -> None:
    """NotFound if the path lies outside the caller's part of the organisation."""
    if not reaches(actor, org_path):
        raise NotFound


async def reached_path(session: AsyncSession, actor: Actor, branch: str | None) -> str:
    """Return the path of a branch's code, the union's own for none; OrgNodeUnknown, OrgNodeOutOfReach."""
    node = await TenantsRepository.of(session).node(branch or ROOT_CODE)
    if node is None:
        raise OrgNodeUnknown
    require_reached(actor, node)
    return node.path


async def own_account(session: AsyncSession, actor: Actor) -> Account:
    """Return the caller's own account, locked; NotFound unless it has a password."""
    account = await StaffRepository.of(session).find(Account, actor.id, lock=True)
    if account is None or account.user_name is None:
        raise NotFound
    return account


async def reached_account(session: AsyncSession, actor: Actor, account_id: UUID) -> Account:
    """Return an account with a password within the caller's part of the organisation, locked.

    A handler's account is reached through its unit. StaffTooWide where the account's roles reach beyond the caller's
    part: who sets its mobile or its second factor aside becomes its owner.
    """
    account = await StaffRepository.of(session).find(Account, account_id, lock=True)
    if account is None or account.user_name is None:
        raise NotFound
    path = account.org_path
    if account.kind == ActorKind.HANDLER:
        unit = await StaffRepository.of(session).find(Unit, account.unit_id) if account.unit_id else None
        path = unit.org_path if unit else "/"
    _require_within(actor, path)
    if not reaches_whole_tenant(actor) and rules.is_tenant_wide(account.roles, await current_pack(session)):
        raise StaffTooWide
    return account


async def _audit(
    session: AsyncSession, actor: Actor, action: str, account: Account, **detail: object
) -> None:
    await record(session, actor_id=actor.id, action=action, subject=f"account:{account.id}", detail=detail)
