"""SQL of accounts and sessions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.engine import CursorResult

from ..repository import IdentityRepository
from .models import Account, AccountLink, Consent, RefreshToken, SignInSession


class AccountRepository(IdentityRepository):
    """Accounts, sessions and refresh tokens of one tenant."""

    async def of_mobile(self, kinds: Sequence[str], indexes: Sequence[str]) -> Account | None:
        """Return the account of a mobile that is not closed, by its blind indexes."""
        statement = self.select(Account).where(
            Account.kind.in_(kinds), Account.mobile_index.in_(indexes), Account.status != "closed"
        )
        return await self.first(statement.order_by(Account.id))

    async def of_user_name(self, user_name: str) -> Account | None:
        """Return the staff account of a user name."""
        return await self.first(self.select(Account).where(Account.user_name == user_name))

    async def lock_if_free(self, account_id: UUID) -> Account | None:
        """Lock and return an account as it is now; None while another transaction is at it."""
        statement = self.select(Account).where(Account.id == account_id).with_for_update(skip_locked=True)
        return await self.first(statement.execution_options(populate_existing=True))

    async def of_people(self, person_ids: Sequence[UUID]) -> Sequence[Account]:
        """Return the open accounts of persons."""
        return await self.all(
            self.select(Account).where(Account.person_id.in_(person_ids), Account.status != "closed")
        )

    async def refresh_token(self, digest: str) -> RefreshToken | None:
        """Lock and return a refresh token by its digest."""
        statement = self.select(RefreshToken).where(RefreshToken.digest == digest).with_for_update()
        return await self.first(statement.execution_options(populate_existing=True))

    async def link(self, provider: str, indexes: Sequence[str]) -> AccountLink | None:
        """Return the link of another system's user, by its blind indexes."""
        return await self.first(
            self.select(AccountLink).where(
                AccountLink.provider == provider, AccountLink.subject_index.in_(indexes)
            )
        )

    async def links_of(self, account_id: UUID) -> Sequence[AccountLink]:
        """Return an account's links, oldest first."""
        statement = self.select(AccountLink).where(AccountLink.account_id == account_id)
        return await self.all(statement.order_by(AccountLink.id))

    async def open_sessions(self, account_id: UUID, *, at: datetime) -> Sequence[SignInSession]:
        """Return the sessions that may still be refreshed, the one used last first."""
        statement = self.select(SignInSession).where(
            SignInSession.account_id == account_id,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > at,
        )
        return await self.all(statement.order_by(SignInSession.refreshed_at.desc()))

    async def end_sessions(self, account_id: UUID, *, at: datetime, reason: str) -> int:
        """End all open sessions of an account; return how many."""
        statement = (
            self.update(SignInSession)
            .where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
            .values(ended_at=at, end_reason=reason)
        )
        result = await self.session.execute(statement)
        return result.rowcount if isinstance(result, CursorResult) else 0

    async def newest_consent(self, account_id: UUID, statement: str) -> int | None:
        """Return the newest version of a statement that an account consented to."""
        query = self.select_columns(Consent, func.max(Consent.number)).where(
            Consent.account_id == account_id, Consent.statement == statement
        )
        found: int | None = (await self.session.execute(query)).scalar_one_or_none()
        return found

    async def forget_sessions(self, *, expired_before: datetime) -> None:
        """Delete sessions (with their refresh tokens) that expired long ago."""
        await self.session.execute(
            self.delete(SignInSession).where(SignInSession.expires_at < expired_before)
        )

    async def with_language(self, after: UUID | None, *, limit: int) -> Sequence[Account]:
        """Return accounts whose owners have chosen a language, in the order of their ids."""
        statement = self.select(Account).where(Account.language.is_not(None))
        if after is not None:
            statement = statement.where(Account.id > after)
        return await self.all(statement.order_by(Account.id).limit(limit))
