"""Use cases on colleagues' accounts: roles and place changed, reopened, sessions looked at and ended."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, ActorKind
from common.auth.scope import reaches_whole_tenant
from common.contracts.pack import TenantPack
from common.http import ServiceContext, check_version
from common.identifiers import Fault, compact_number, mobile_faults, name_faults, plain_name
from common.tenancy import current_pack

from ..accounts import service as sessions
from ..accounts.models import Account
from ..accounts.schemas import SessionsRead
from ..accounts.service import end_sessions_of
from ..errors import FieldsInvalid
from . import rules
from .errors import HandlersAccount, OwnAccount, RoleTooWide, StaffOpen
from .facts import tell_staff
from .schemas import StaffPatch, StaffRead
from .service import reached_account, reached_path, read_staff


async def amend_staff(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    account_id: UUID,
    expected: int,
    asked: StaffPatch,
) -> tuple[Account, StaffRead]:
    """Change a colleague's roles, place, name or mobile; tokens carry roles and place, so the sessions end."""
    account = await reached_account(session, actor, account_id)
    check_version(account, expected)
    if account.kind != ActorKind.STAFF:
        raise HandlersAccount
    if account.id == actor.id:
        raise OwnAccount
    pack, keys = await current_pack(session), await context.keyring.for_tenant(session)
    given = asked.model_dump(exclude_unset=True)
    _check(given, pack)
    if "roles" in given:
        require_grantable(actor, given["roles"], pack)
        account.roles = sorted(set(given["roles"]))
    if "branch" in given:
        account.org_path = await reached_path(session, actor, given["branch"])
    if "name" in given:
        account.name_sealed = keys.seal(plain_name(given["name"]), context="person.name")
    if "mobile" in given:
        mobile = compact_number(given["mobile"])
        account.change_mobile(keys.sealed(mobile, context="person.mobile", kind="mobile"))
    account.touch()
    await end_sessions_of(session, context=context, account=account, reason="account_changed")
    tell_staff(session, account)
    await record(
        session, actor_id=actor.id, action="staff.amended", subject=f"account:{account.id}",
        detail={"fields": sorted(given), "roles": account.roles, "path": account.org_path},
    )  # fmt: skip
    return account, read_staff(account, pack, keys)


async def reopen_staff(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, account_id: UUID
) -> StaffRead:
    """Let a closed account sign in again; it needs a new invitation, its old password is void."""
    account = await reached_account(session, actor, account_id)
    if account.status != "closed":
        raise StaffOpen
    account.reopen()
    account.set_password(rules.NO_PASSWORD, due=True)
    tell_staff(session, account)
    await record(session, actor_id=actor.id, action="staff.reopened", subject=f"account:{account.id}")
    keys = await context.keyring.for_tenant(session)
    return read_staff(account, await current_pack(session), keys)


async def list_sessions(session: AsyncSession, *, actor: Actor, account_id: UUID) -> SessionsRead:
    """Return where a colleague is signed in."""
    account = await reached_account(session, actor, account_id)
    return await sessions.list_sessions(session, actor=actor.model_copy(update={"id": account.id}))


async def end_session(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, account_id: UUID, session_id: UUID
) -> SessionsRead:
    """End one session of a colleague at once."""
    account = await reached_account(session, actor, account_id)
    theirs = actor.model_copy(update={"id": account.id, "session_id": session_id})
    await sessions.end_session(session, context=context, actor=theirs)
    await record(session, actor_id=actor.id, action="staff.session_ended", subject=f"account:{account.id}")
    return await sessions.list_sessions(session, actor=actor.model_copy(update={"id": account.id}))


async def end_all_sessions(
    session: AsyncSession, *, actor: Actor, context: ServiceContext, account_id: UUID
) -> SessionsRead:
    """End every session of a colleague at once."""
    account = await reached_account(session, actor, account_id)
    await end_sessions_of(session, context=context, account=account, reason="ended_by_staff")
    await record(session, actor_id=actor.id, action="staff.sessions_ended", subject=f"account:{account.id}")
    return SessionsRead(items=[])


def require_grantable(actor: Actor, roles: list[str], pack: TenantPack) -> None:
    """RoleTooWide where a branch's manager gives a role that reaches beyond the branch."""
    if not reaches_whole_tenant(actor) and rules.is_tenant_wide(roles, pack):
        raise RoleTooWide


def _check(given: dict[str, object], pack: TenantPack) -> None:
    faults: dict[str, list[Fault]] = {}
    if "roles" in given:
        faults["roles"] = rules.role_faults(list(given["roles"]), pack)  # type: ignore[call-overload]
    if "name" in given:
        faults["name"] = list(name_faults(plain_name(str(given["name"]))))
    if "mobile" in given:
        faults["mobile"] = mobile_faults(compact_number(str(given["mobile"])))
    FieldsInvalid.raise_if(faults)
