"""SQL of messages."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import aliased

from common.clock import now
from common.db import TenantRepository, unscoped
from common.http import Cursor

from .models import Message


class MessageRepository(TenantRepository):
    """Messages of one tenant."""

    async def add_once(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add messages; one that this cause has already made for this recipient is left alone."""
        for start in range(0, len(rows), INSERTED):
            part = [{**row, "tenant_id": self.tenant_id} for row in rows[start : start + INSERTED]]
            statement = insert(Message).values(part)
            await self.session.execute(
                unscoped(statement.on_conflict_do_nothing(), why="every row carries this tenant's id")
            )

    async def lease(self, *, urgent: bool, most: int, until: datetime, quiet: bool = False) -> list[Message]:
        """Take due messages for sending, in quiet hours only those that must arrive; another sender leaves them
        alone until `until`.
        """
        due = (
            self.select_columns(Message, Message.id)
            .where(Message.state == "queued", Message.urgent == urgent, Message.next_attempt_at <= now())
            .where(*([Message.must_arrive] if quiet else []))
            .order_by(Message.next_attempt_at)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        taken = (
            update(Message)
            .where(self.mine(Message), Message.id.in_(due.scalar_subquery()))
            .values(next_attempt_at=until, attempts=Message.attempts + 1)
            .returning(Message)
            .execution_options(synchronize_session=False)
        )
        return list((await self.session.execute(taken)).scalars())

    async def locked(self, ids: Sequence[UUID]) -> dict[UUID, Message]:
        """Lock and return messages by id."""
        statement = self.select(Message).where(Message.id.in_(ids)).with_for_update()
        return {row.id: row for row in await self.all(statement)}

    async def inbox(self, *, recipients: Sequence[UUID], cursor: Cursor, unread: bool) -> Sequence[Message]:
        """Return what these recipients were told, newest first, each thing once; codes are not listed."""
        statement = self.select(Message).where(self._of(recipients), self._shown())
        if unread:
            statement = statement.where(Message.read_at.is_(None))
        return await self.all(cursor.apply(statement, Message))

    async def unread(self, recipients: Sequence[UUID]) -> int:
        """Count unread messages."""
        statement = self.select_columns(Message, func.count()).where(
            self._of(recipients), self._shown(), Message.read_at.is_(None)
        )
        return int((await self.session.execute(statement)).scalar_one())

    async def one_of(self, message_id: UUID, recipients: Sequence[UUID]) -> Message | None:
        """Lock and return one message of these recipients."""
        statement = self.select(Message).where(Message.id == message_id, self._of(recipients))
        return await self.first(statement.with_for_update())

    async def read_all(self, recipients: Sequence[UUID]) -> int:
        """Mark what these recipients have not read as read; return how many were listed as unread."""
        unread = await self.unread(recipients)
        await self.session.execute(
            self.update(Message).where(self._of(recipients), Message.read_at.is_(None)).values(read_at=now())
        )
        return unread

    async def counts(self, since: datetime) -> list[tuple[str, str, int]]:
        """Count messages since a time by channel and state."""
        statement = self.select_columns(Message, Message.channel, Message.state, func.count()).where(
            Message.created_at >= since
        )
        rows = await self.session.execute(
            statement.group_by(Message.channel, Message.state).order_by(Message.channel, Message.state)
        )
        return [(channel, state, number) for channel, state, number in rows]

    async def deliveries(
        self, *, cursor: Cursor, state: str | None, channel: str | None, template: str | None
    ) -> Sequence[Message]:
        """Return messages of the tenant by state, newest first."""
        statement = self.select(Message)
        if state:
            statement = statement.where(Message.state == state)
        if channel:
            statement = statement.where(Message.channel == channel)
        if template:
            statement = statement.where(Message.template == template)
        return await self.all(cursor.apply(statement, Message))

    def _shown(self) -> Any:
        """Of what went out on several channels an inbox lists one: what stands in the app, else the SMS."""
        other = aliased(Message)
        before = or_(other.channel == "inapp", and_(Message.channel == "wechat", other.channel == "sms"))
        told_better = self.select_columns(other, other.id).where(
            other.cause_id == Message.cause_id,
            other.template == Message.template,
            other.recipient_id == Message.recipient_id,
            before,
        )
        return or_(Message.channel == "inapp", ~told_better.exists())

    @staticmethod
    def _of(recipients: Sequence[UUID]) -> Any:
        mine = or_(Message.recipient_id.in_(recipients), Message.account_id.in_(recipients))
        return mine & (Message.audience != "applicant")


LEASE = timedelta(seconds=60)
INSERTED = 500
"""Rows of one INSERT: PostgreSQL takes 32,767 values in a statement."""
