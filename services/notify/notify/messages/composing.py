"""From an event to messages: templates of the pack, recipients from the copies, text sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.ids import new_id

from .repository import MessageRepository
from .rules import render


@dataclass(frozen=True)
class Told:
    """One recipient with the variables of their message."""

    recipient_id: UUID
    mobile: str | None = None
    account_id: UUID | None = None
    variables: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Cause:
    """What the messages are about: the event that caused them and its name in the pack's catalogue."""

    event_id: UUID
    name: str
    audience: str
    urgent: bool = False
    expires_at: datetime | None = None


async def tell(
    session: AsyncSession, *, pack: TenantPack, keys: TenantKeys, cause: Cause, recipients: Sequence[Told]
) -> None:
    """Make each recipient's messages, once per cause, whatever channels the pack has for it."""
    common = {"tenant_name": pack.tenant.short_name.zh, "hotline": pack.tenant.contact.phone}
    rows: list[dict[str, Any]] = []
    for template in pack.messages:
        if template.event != cause.name or template.to != cause.audience:
            continue
        for told in recipients:
            if template.channel == "sms" and told.mobile is None:
                continue
            text = render(template.text.zh, {**common, **told.variables})
            rows.append(_row(cause, template, told, keys.seal(text, context="message.text")))
    await MessageRepository(session, session.info["tenant_id"]).add_once(rows)


def _row(cause: Cause, template: Any, told: Told, text: str) -> dict[str, Any]:
    at_once = template.channel == "inapp"
    return {
        "id": new_id(),
        "created_at": now(),
        "cause_id": cause.event_id,
        "template": cause.name,
        "channel": template.channel,
        "audience": cause.audience,
        "recipient_id": told.recipient_id,
        "account_id": told.account_id,
        "mobile": told.mobile,
        "text": text,
        "urgent": cause.urgent,
        "must_arrive": template.must_arrive,
        "expires_at": cause.expires_at,
        "state": "sent" if at_once else "queued",
        "attempts": 0,
        "next_attempt_at": now(),
        "sent_at": now() if at_once else None,
    }
