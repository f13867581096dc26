"""From an event to messages: templates of the pack, recipients from the copies, text sealed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.pack import Message, TenantPack
from common.crypto import TenantKeys
from common.ids import new_id
from common.text import Text

from ..copies.preferences import preferences_of
from ..copies.repository import CopyRepository
from .repository import MessageRepository
from .rules import CHINESE, OTHER, SMS_TEXT, in_sms, language_for, render, wanted, worded


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
    channels: frozenset[str] | None = None
    """The channels that are wanted; None: all that the pack has."""
    title: Text | None = None
    """Where it is not the template's."""
    language: str | None = None
    """The language of whoever caused it; None: the one that each recipient has chosen, Chinese if none."""


async def tell(
    session: AsyncSession, *, pack: TenantPack, keys: TenantKeys, cause: Cause, recipients: Sequence[Told]
) -> None:
    """Make each recipient's messages, once per cause, whatever channels the pack has for it."""
    common = {"tenant_name": pack.tenant.short_name.text(), "hotline": pack.tenant.contact.phone}
    rows: list[dict[str, Any]] = []
    silenced = await _silenced(session, cause, recipients)
    languages = await _languages(session, cause, recipients)
    for template in pack.messages:
        if template.event != cause.name or template.to != cause.audience:
            continue
        if cause.channels is not None and template.channel not in cause.channels:
            continue
        linked = await _linked(session, template, recipients)
        for told in recipients:
            if template.channel == "sms" and told.mobile is None:
                continue
            if template.channel == "wechat" and told.account_id not in linked:
                continue
            if _unwanted(template, told, silenced):
                continue
            own = languages.get(told.account_id) if told.account_id else None
            language = language_for(template, own or cause.language or CHINESE)
            given = {**common, **told.variables}
            text, title = _said(cause, template, given, language, keys)
            row = _row(cause, template, told, text) | {"language": language, "title": title}
            row["variables"] = _for_providers(template, worded(given, language), language, keys)
            # What has one language by its nature (a code, what somebody wrote in one only) has no other.
            one = cause.language is not None
            other = (None, None) if one else _said(cause, template, given, OTHER[language], keys)
            row["other_text"], row["other_title"] = other
            rows.append(row)
    await MessageRepository(session, session.info["tenant_id"]).add_once(rows)


async def _languages(session: AsyncSession, cause: Cause, recipients: Sequence[Told]) -> dict[UUID, str]:
    """Return the languages that the recipients have chosen, by their accounts."""
    ids = [told.account_id for told in recipients if told.account_id is not None]
    if cause.language is not None or not ids:
        return {}
    return await CopyRepository(session, session.info["tenant_id"]).languages(ids)


async def _silenced(session: AsyncSession, cause: Cause, recipients: Sequence[Told]) -> set[UUID]:
    """Return the members who want no SMS or WeChat about this."""
    if cause.audience != "member":
        return set()
    chosen = await preferences_of(
        session, tenant_id=session.info["tenant_id"], person_ids=[told.recipient_id for told in recipients]
    )
    return {
        person_id
        for person_id, switches in chosen.items()
        if not wanted(
            cause.name, enrolment_sms=switches.enrolment_sms, service_notices=switches.service_notices
        )
    }


async def _linked(session: AsyncSession, template: Message, recipients: Sequence[Told]) -> set[UUID]:
    """Return the accounts that have WeChat, where a template is for it."""
    if template.channel != "wechat":
        return set()
    ids = [told.account_id for told in recipients if told.account_id is not None]
    return set(await CopyRepository(session, session.info["tenant_id"]).wechat_of(ids))


def _said(
    cause: Cause, template: Message, given: Mapping[str, object], language: str, keys: TenantKeys
) -> tuple[str, str | None]:
    """Return a message's text and title in a language, sealed."""
    variables = worded(given, language)
    text = render(template.text.text().in_language(language), variables)
    return keys.seal(text, context="message.text"), _title(cause.title, template, variables, language, keys)


def _title(
    own: Text | None, template: Message, variables: Mapping[str, object], language: str, keys: TenantKeys
) -> str | None:
    if own is not None:
        return keys.seal(own.in_language(language), context="message.title")
    if template.title is None:
        return None
    title = template.title.text().in_language(language)
    return keys.seal(render(title, variables), context="message.title")


def _unwanted(template: Message, told: Told, silenced: set[UUID]) -> bool:
    """What must arrive and what only waits in the app is told in any case."""
    return template.channel != "inapp" and not template.must_arrive and told.recipient_id in silenced


def _for_providers(
    template: Message, variables: Mapping[str, object], language: str, keys: TenantKeys
) -> str | None:
    """Return the variables, sealed, where a provider fills a template of its own, and an SMS that says less."""
    if template.wechat is not None:
        shown = {name: render(text, variables) for name, text in template.wechat.fields.items()}
        return keys.seal_bytes(orjson.dumps(shown), context="message.variables")
    short = in_sms(variables, template.to, language)
    if template.channel != "sms" or not (template.providers or short != variables):
        return None
    names = {name for provider in template.providers.values() for name in provider.variables}
    values = {name: str(short.get(name, "")) for name in sorted(names)}
    if short != variables:
        values[SMS_TEXT] = render(template.text.text().in_language(language), short)
    return keys.seal_bytes(orjson.dumps(values), context="message.variables")


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
