"""Events that only keep the copies."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer import ConsumerContext, subscribe
from common.contracts.identity import (
    PreferencesChanged,
    UnitsSnapshot,
)
from common.contracts.language import LanguageChosen
from common.contracts.wechat import WechatLinked

from .preferences import keep_preferences
from .service import keep_language, keep_units, keep_wechat


async def on_units_snapshot(session: AsyncSession, event: UnitsSnapshot, context: ConsumerContext) -> None:
    """Keep up to 500 units."""
    await keep_units(session, tenant_id=context.envelope.tenantid, facts=event.units)


async def on_preferences_changed(
    session: AsyncSession, event: PreferencesChanged, context: ConsumerContext
) -> None:
    """Keep which messages a member wants."""
    await keep_preferences(session, tenant_id=context.envelope.tenantid, event=event)


async def on_wechat_linked(session: AsyncSession, event: WechatLinked, context: ConsumerContext) -> None:
    """Keep the WeChat user of an account."""
    await keep_wechat(session, tenant_id=context.envelope.tenantid, event=event)


async def on_language_chosen(session: AsyncSession, event: LanguageChosen, context: ConsumerContext) -> None:
    """Keep the language of an account's owner."""
    await keep_language(session, tenant_id=context.envelope.tenantid, event=event)


SUBSCRIPTIONS = (
    subscribe(LanguageChosen, on_language_chosen),
    subscribe(WechatLinked, on_wechat_linked),
    subscribe(PreferencesChanged, on_preferences_changed),
    subscribe(UnitsSnapshot, on_units_snapshot),
)
