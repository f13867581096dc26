"""Use cases of templates."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import MESSAGE_EVENTS, Message, TenantPack
from common.contracts.pack.messages import variables_of
from common.errors import NotFound
from common.tenancy import current_pack, pack_of_version

from ..bulk.rules import parts_of, stray_brace
from ..errors import BraceAlone, VariableUnknown
from ..messages.rules import render
from . import rules
from .repository import PackVersions
from .schemas import (
    PreviewRequest,
    TemplateHistory,
    TemplateList,
    TemplatePreview,
    TemplateRead,
    TemplateVersion,
)


async def list_templates(session: AsyncSession, *, event: str | None) -> TemplateList:
    """Return the templates of the pack in force."""
    pack = await current_pack(session)
    items = [_read(message) for message in pack.messages if event in (None, message.event)]
    return TemplateList(pack_version=pack.version, items=items)


async def preview_template(session: AsyncSession, *, body: PreviewRequest) -> TemplatePreview:
    """Return a message as it would arrive; NotFound without such a template, BraceAlone, VariableUnknown."""
    pack = await current_pack(session)
    text = body.text
    if text is None:
        template = _find(pack, body.event, body.to, body.channel)
        if template is None:
            raise NotFound
        text = template.text.zh if body.language == "zh" else template.text.en
    if body.event not in MESSAGE_EVENTS:
        raise NotFound
    if stray_brace(text):
        raise BraceAlone(known="、".join(f"{{{name}}}" for name in sorted(MESSAGE_EVENTS[body.event])))
    if unknown := rules.unknown_in(body.event, text):
        known = ", ".join(sorted(MESSAGE_EVENTS[body.event]))
        raise VariableUnknown(names=", ".join(unknown), known=known)
    own = {
        "tenant_name": pack.tenant.short_name.text().in_language(body.language),
        "hotline": pack.tenant.contact.phone,
    }
    used = sorted(variables_of(text))
    values = {name: body.values.get(name) or own.get(name) or rules.sample_of(name) for name in used}
    shown = render(text, values)
    parts = parts_of(shown) if body.channel == "sms" else None
    return TemplatePreview(text=shown, characters=len(shown), sms_parts=parts, values=values)


async def read_history(session: AsyncSession, *, event: str, to: str, channel: str) -> TemplateHistory:
    """Return how a template changed from pack version to pack version, the newest first."""
    found: list[TemplateVersion] = []
    for version, since in await PackVersions(session, session.info["tenant_id"]).oldest_first():
        template = _find(await pack_of_version(session, version), event, to, channel)
        zh, en = (template.text.zh, template.text.en) if template else (None, None)
        before = (found[-1].text_zh, found[-1].text_en) if found else (None, None)
        if (zh, en) != before:
            found.append(TemplateVersion(pack_version=version, effective_from=since, text_zh=zh, text_en=en))
    return TemplateHistory(items=found[::-1])


def _find(pack: TenantPack, event: str, to: str, channel: str) -> Message | None:
    said = (event, to, channel)
    return next((m for m in pack.messages if (m.event, m.to, m.channel) == said), None)


def _read(message: Message) -> TemplateRead:
    return TemplateRead(
        event=message.event,
        to=message.to,
        channel=message.channel,
        must_arrive=message.must_arrive,
        title_zh=message.title.zh if message.title else None,
        title_en=message.title.en if message.title else None,
        text_zh=message.text.zh,
        text_en=message.text.en,
        variables=sorted(MESSAGE_EVENTS[message.event]),
        providers=sorted(message.providers),
    )
