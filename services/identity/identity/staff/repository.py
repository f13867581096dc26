"""SQL of staff accounts, their invitations and second factors."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_

from common.auth import Actor
from common.db.scope import within_reach
from common.http import Cursor

from ..accounts.models import Account
from ..accounts.repository import AccountRepository
from .models import RecoveryCode, StaffInvitation, StaffTotp


class StaffRepository(AccountRepository):
    """The staff of one tenant."""

    async def page(self, actor: Actor, cursor: Cursor) -> Sequence[Account]:
        """Return the staff of the caller's part of the organisation, newest first."""
        statement = self.select(Account).where(Account.kind == "staff", within_reach(actor, Account.org_path))
        return await self.all(cursor.apply(statement, Account))

    async def named(self, ids: Sequence[UUID], user_names: Sequence[str]) -> Sequence[Account]:
        """Return the staff with these ids or user names, closed accounts too."""
        meant = or_(Account.id.in_(ids), Account.user_name.in_(user_names))
        return await self.all(self.select(Account).where(Account.kind == "staff", meant))

    async def after(self, account_id: UUID | None, *, limit: int) -> Sequence[Account]:
        """Return staff accounts in the order of their ids."""
        statement = self.select(Account).where(Account.kind == "staff")
        if account_id is not None:
            statement = statement.where(Account.id > account_id)
        return await self.all(statement.order_by(Account.id).limit(limit))

    async def invitation(self, digest: str) -> StaffInvitation | None:
        """Lock and return an invitation by its digest."""
        statement = self.select(StaffInvitation).where(StaffInvitation.digest == digest).with_for_update()
        return await self.first(statement)

    async def end_invitations(self, account_id: UUID, *, at: datetime) -> None:
        """Use up all open invitations of an account."""
        statement = self.update(StaffInvitation).where(
            StaffInvitation.account_id == account_id, StaffInvitation.used_at.is_(None)
        )
        await self.session.execute(statement.values(used_at=at))

    async def totp(self, account_id: UUID) -> StaffTotp | None:
        """Lock and return an account's second factor, confirmed or not."""
        return await self.find(StaffTotp, account_id, lock=True)

    async def confirmed_totp(self, account_id: UUID) -> StaffTotp | None:
        """Lock and return an account's second factor, if it counts."""
        totp = await self.totp(account_id)
        return totp if totp is not None and totp.confirmed_at is not None else None

    async def replace_totp(self, account_id: UUID, secret_sealed: str) -> None:
        """Put a new unconfirmed secret in the place of another."""
        await self.session.execute(self.delete(StaffTotp).where(StaffTotp.id == account_id))
        self.add(StaffTotp(id=account_id, secret_sealed=secret_sealed, last_step=0))

    async def remove_totp(self, account_id: UUID) -> None:
        """Forget an account's second factor and its recovery codes."""
        await self.session.execute(self.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
        await self.session.execute(self.delete(StaffTotp).where(StaffTotp.id == account_id))

    async def recovery_codes(self, account_id: UUID) -> Sequence[RecoveryCode]:
        """Return the recovery codes that are left."""
        statement = self.select(RecoveryCode).where(
            RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
        )
        return await self.all(statement)

    async def replace_recovery_codes(self, account_id: UUID, digests: Sequence[str]) -> None:
        """Give new recovery codes; the old ones end."""
        await self.session.execute(self.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
        self.add_all([RecoveryCode(account_id=account_id, digest=digest) for digest in digests])
