"""Reading the sandbox's phones."""

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from common.crypto import TenantKeys

from .repository import SandboxRepository


class SandboxMessageRead(BaseModel):
    """A message as it would have arrived."""

    recipient: str
    template: str
    channel: str
    text: str
    sent_at: datetime


class SandboxList(BaseModel):
    """The newest messages first."""

    items: list[SandboxMessageRead]


async def list_messages(session: AsyncSession, *, keys: TenantKeys, mobile: str | None) -> SandboxList:
    """Return what a phone (or every phone) of the sandbox received."""
    indexes = keys.blinds("mobile", mobile.strip()) if mobile else None
    rows = await SandboxRepository(session, session.info["tenant_id"]).newest(indexes)
    return SandboxList(
        items=[
            SandboxMessageRead(
                recipient=keys.open(row.mobile, context="person.mobile"),
                template=row.template,
                channel=row.channel,
                text=keys.open(row.text, context="message.text"),
                sent_at=row.created_at,
            )
            for row in rows
        ]
    )
