"""Everybody is told in the language that they have chosen; a code in that of who asked for it (rows E.11, N.09)."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from common import clock
from common.auth import ActorKind
from common.contracts.enrollment import OrderApproved
from common.contracts.identity import MemberBound, UnitApproved
from common.contracts.language import LanguageChosen
from common.contracts.pack.messages import ProviderTemplate
from common.crypto import TenantKeys
from common.ids import new_id
from common.testing import TestTenant
from notify.auth import READ_OWN
from notify.copies.models import LanguageCopy
from notify.messages.models import Message
from notify.sending.ports import Outgoing
from notify.sending.providers import filled
from notify.sending.service import send_due

from .conftest import Place
from .test_messages import code_event, payout
from .test_webhooks import order

E11 = pytest.mark.feature("E.11", "N.09")


def chosen(account: UUID, language: str = "en", *, at: datetime | None = None) -> LanguageChosen:
    return LanguageChosen(account_id=account, language=language, chosen_at=at or clock.now())


async def bound(place: Place) -> UUID:
    """The place's person with an account."""
    account = new_id()
    member = place.person().model_copy(update={"account_id": account})
    await place.deliver(MemberBound(member=member, account_id=account))
    while await place.send():
        pass
    return account


async def told(place: Place, event: str) -> list[tuple[str, str]]:
    """Return (language, text) of the messages about an event."""
    async with place.client.context.db.transaction(place.tenant.id) as session:
        rows = (await session.execute(select(Message).where(Message.template == event))).scalars()
        return [(row.language, place.tenant.keys.open(row.text, context="message.text")) for row in rows]


@E11
async def test_a_member_who_chose_english_is_told_in_english_to_the_last_word(place: Place) -> None:
    account = await bound(place)
    await place.deliver(payout(place))
    ((language, text),) = await told(place, "claims.payout_completed")
    assert language == "zh" and "住院" in text
    await place.deliver(chosen(account))
    await place.deliver(payout(place))
    languages = dict(await told(place, "claims.payout_completed"))
    product = place.tenant.pack.product("three-in-one").title.en
    assert product in languages["en"] and "Hospital stay" in languages["en"]
    await place.send()
    assert any(product in sms for sms in await place.phone()), "so it leaves"


@E11
async def test_the_last_choice_counts_once_and_an_older_one_changes_nothing(place: Place) -> None:
    account, now = new_id(), clock.now()
    await place.deliver(chosen(account, at=now), times=2)
    await place.deliver(chosen(account, "zh", at=now - timedelta(days=1)))
    async with place.client.context.db.transaction(place.tenant.id) as session:
        rows = (await session.execute(select(LanguageCopy).where(LanguageCopy.id == account))).scalars()
        assert [row.language for row in rows] == ["en"]
    await place.deliver(chosen(account, "zh", at=now + timedelta(days=1)))
    async with place.client.context.db.transaction(place.tenant.id) as session:
        rows = (await session.execute(select(LanguageCopy).where(LanguageCopy.id == account))).scalars()
        assert [row.language for row in rows] == ["zh"]


@E11
async def test_a_handler_is_told_in_english_and_another_in_chinese(place: Place) -> None:
    unit = place.unit()
    assert unit.handler_account_id is not None
    await place.deliver(UnitApproved(unit=unit.model_copy(update={"version": 2})))
    await place.deliver(chosen(unit.handler_account_id), OrderApproved(order=order(place).order))
    languages = {language for language, _ in await told(place, "enrollment.order_approved")}
    assert languages == {"en"}
    await place.deliver(chosen(unit.handler_account_id, "zh", at=clock.now() + timedelta(hours=1)))
    await place.deliver(OrderApproved(order=order(place).order))
    assert {language for language, _ in await told(place, "enrollment.order_approved")} == {"en", "zh"}


@E11
async def test_a_code_is_told_in_the_language_of_who_asked(place: Place) -> None:
    await place.deliver(code_event(place).model_copy(update={"language": "en"}))
    await place.deliver(code_event(place))
    texts = dict(await told(place, "identity.sms_code"))
    assert "for registration" in texts["en"] and "用于注册" in texts["zh"]


@E11
@pytest.mark.parametrize("own", ["zh", "en"])
async def test_a_message_in_the_inbox_is_read_in_the_language_of_the_screen(place: Place, own: str) -> None:
    account = await bound(place)
    await place.deliver(chosen(account, own))
    await place.deliver(payout(place))
    member = place.client.mint.actor(place.tenant, READ_OWN, kind=ActorKind.MEMBER, person_id=place.person_id)

    async def read(language: str) -> dict[str, Any]:
        headers = {"Accept-Language": language}
        found = (await place.client.get("/messages", member, headers=headers)).json()["items"]
        return dict(next(one for one in found if one["template"] == "claims.payout_completed"))

    title = place.tenant.pack.product("three-in-one").title
    chinese, english = await read("zh-CN"), await read("en")
    assert title.zh in chinese["text"] and title.en in english["text"]
    assert (chinese["title"], english["title"]) == ("理赔与给付通知", "Claims and payouts")
    assert title.zh not in english["text"] and title.en not in chinese["text"]
    opened = await place.client.get(f"/messages/{english['id']}", member, headers={"Accept-Language": "en"})
    assert opened.json()["text"] == english["text"]


@E11
async def test_a_message_of_one_language_stays_as_it_is(place: Place) -> None:
    await bound(place)
    await place.deliver(payout(place))
    async with place.client.context.db.transaction(place.tenant.id) as session:
        await session.execute(
            update(Message)
            .where(Message.tenant_id == place.tenant.id)
            .values(other_text=None, other_title=None)
        )
    member = place.client.mint.actor(place.tenant, READ_OWN, kind=ActorKind.MEMBER, person_id=place.person_id)
    items = (await place.client.get("/messages", member, headers={"Accept-Language": "en"})).json()["items"]
    paid = next(one for one in items if one["template"] == "claims.payout_completed")
    assert "住院" in paid["text"] and paid["title"] == "理赔与给付通知"


class Recording:
    """Notes what leaves."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []

    async def send(self, message: Outgoing, keys: TenantKeys) -> str:
        self.sent.append(message)
        return "ok"


@pytest.mark.parametrize("english", ["SMS_EN", None])
async def test_the_providers_template_is_the_languages_or_everything_stays_chinese(
    place: Place, new_tenant: Callable[..., Awaitable[TestTenant]], english: str | None
) -> None:
    """What a provider fills must be a template in that language; without one the whole message is Chinese."""
    template = ProviderTemplate(code="SMS_ZH", english=english, variables=("product", "amount"))
    pack = place.tenant.pack
    messages = tuple(
        message.model_copy(update={"providers": {"aliyun": template}})
        if message.channel == "sms"
        else message
        for message in pack.messages
    )
    changed = pack.model_copy(
        update={"messages": messages, "tenant": pack.tenant.model_copy(update={"sms_signature": "无锡互助"})}
    )
    mine = Place(place.client, await new_tenant(place.client.context, pack=changed), new_id(), new_id())
    await mine.deliver(chosen(await bound(mine)), payout(mine))
    channel: Any = Recording()
    await send_due(
        mine.client.context,
        mine.tenant.id,
        channel=channel,
        urgent=False,
        most=9,
        at_once=1,
        quiet_hours=False,
    )
    (sent,) = channel.sent
    code, variables = filled(sent, "aliyun")
    title = pack.product("three-in-one").title
    expected = ("SMS_EN", title.en) if english else ("SMS_ZH", title.zh)
    assert (code, variables["product"], sent.language) == (*expected, "en" if english else "zh")


async def test_a_title_that_no_template_has_follows_the_message(place: Place) -> None:
    account = await bound(place)
    await place.deliver(chosen(account), payout(place))
    reader = place.client.mint.actor(
        place.tenant, "notify.message.read_own", actor_id=account, person_id=place.person_id
    )
    headers = {"Accept-Language": "en"}
    items = (await place.client.get("/messages", reader, headers=headers)).json()["items"]
    assert items[0]["title"] == "Claims and payouts"


@pytest.mark.feature("C.05")
async def test_an_order_that_costs_nothing_asks_for_no_payment(place: Place) -> None:
    """Cover that was paid to the system before is carried over: it is done at once, and that is told."""
    await place.deliver(UnitApproved(unit=place.unit().model_copy(update={"version": 2})))
    await place.deliver(order(place, amount_due="0.00"))
    assert await told(place, "enrollment.order_approved") == []
    await place.deliver(order(place))
    assert await told(place, "enrollment.order_approved") != []
