"""Bulk messages: in each reader's language, listed once, to places that exist, stopped only while something waits."""

from typing import Any

import pytest

from common.auth import Actor, ActorKind
from common.contracts.identity import MemberBound
from common.contracts.language import LanguageChosen
from common.ids import new_id

from .test_bulk import Office, office

__all__ = ["office"]
ENGLISH = {"title_en": "Renewal", "text_en": "{name}, renewal has begun at {tenant_name}. Call {hotline}."}


def reader(office: Office, person_id: Any) -> Actor:
    mint, tenant = office.place.client.mint, office.place.tenant
    return mint.actor(tenant, "notify.message.read_own", kind=ActorKind.MEMBER, person_id=person_id)


async def inbox(office: Office, person_id: Any, language: str = "zh", **params: Any) -> list[dict[str, Any]]:
    headers = {"Accept-Language": language}
    answer = await office.place.client.get(
        "/messages", reader(office, person_id), params=params, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def speaks_english(office: Office, fact: Any) -> None:
    from common.clock import now

    account = new_id()
    bound = fact.model_copy(update={"account_id": account, "version": 2})
    chosen = LanguageChosen(account_id=account, language="en", chosen_at=now())
    await office.place.deliver(MemberBound(member=bound, account_id=account), chosen)


@pytest.mark.feature("E.10", "P.03")
async def test_what_goes_out_on_two_channels_is_listed_and_counted_once(office: Office) -> None:
    (fact,) = await office.people(1)
    outcome = await office.begun()
    await office.work(lambda bulk: bulk["state"] == "sent", outcome["bulk_id"])
    await office.place.send()
    (item,) = await inbox(office, fact.person_id)
    assert (item["channel"], item["title"]) == ("inapp", "续保提醒")
    assert len(await office.place.phone()) == 1, "the SMS came as well"
    me = reader(office, fact.person_id)
    assert (await office.place.client.get("/messages/unread-count", me)).json() == {"unread": 1}
    assert (await office.place.client.post("/messages/read-all", me)).json() == {"read": 1}
    assert await inbox(office, fact.person_id, unread=True) == []


@pytest.mark.feature("E.10")
async def test_what_came_by_sms_only_is_still_listed(office: Office) -> None:
    (fact,) = await office.people(1)
    outcome = await office.begun(channels=["sms"])
    await office.work(lambda bulk: bulk["state"] == "sent", outcome["bulk_id"])
    (item,) = await inbox(office, fact.person_id)
    assert item["channel"] == "sms"


@pytest.mark.feature("P.03", "N.09")
async def test_who_chose_english_reads_english_where_it_was_written(office: Office) -> None:
    chinese, english = await office.people(2)
    await speaks_english(office, english)
    outcome = await office.begun(**ENGLISH)
    await office.work(lambda bulk: bulk["state"] == "sent", outcome["bulk_id"])
    (one,), (other, *_) = await inbox(office, chinese.person_id), await inbox(office, english.person_id, "en")
    assert one["title"] == "续保提醒" and "续保已开始" in one["text"]
    assert other["title"] == "Renewal" and "renewal has begun at Wuxi Mutual Aid" in other["text"]
    shown = await office.read(outcome["bulk_id"])
    assert (shown["title_en"], shown["text_en"]) == (ENGLISH["title_en"], ENGLISH["text_en"])


@pytest.mark.feature("P.03", "N.09")
async def test_without_english_words_everybody_is_told_in_chinese(office: Office) -> None:
    (fact,) = await office.people(1)
    await speaks_english(office, fact)
    outcome = await office.begun()
    await office.work(lambda bulk: bulk["state"] == "sent", outcome["bulk_id"])
    await office.place.send()
    found = await inbox(office, fact.person_id, "en")
    assert any("续保已开始" in item["text"] for item in found)
    assert any(
        text.startswith("【无锡互助】") and "续保已开始" in text for text in await office.place.phone()
    )


@pytest.mark.feature("P.03")
async def test_half_of_the_english_words_and_stray_braces_are_refused_in_words(office: Office) -> None:
    await office.people(1)
    half = (await office.estimate(title_en="Renewal")).json()
    assert half["code"] == "request.invalid" and "一起填写" in half["errors"][0]["message"]
    for changes in ({"text": "您好{"}, {"text": "您好{name"}, {**ENGLISH, "text_en": "Hello }"}):
        wrong = (await office.estimate(**changes)).json()
        assert wrong["code"] == "template.brace_alone" and "{name}" in wrong["detail"], wrong
    handlers = {"kind": "handler", "covered_by": ["three-in-one"]}
    refused = (await office.estimate(audience=handlers)).json()
    assert "只用于会员" in refused["errors"][0]["message"]


@pytest.mark.feature("P.03")
async def test_an_audience_that_does_not_exist_is_named(office: Office) -> None:
    await office.people(1)
    nowhere = str(new_id())
    for audience, field, word in (
        ({"kind": "member", "branch": "/nosuch/"}, "audience.branch", "/nosuch/"),
        ({"kind": "handler", "branch": "/binhu/nosuch/"}, "audience.branch", "/binhu/nosuch/"),
        ({"kind": "member", "units": [nowhere]}, "audience.units", nowhere),
    ):
        for answer in (await office.estimate(audience=audience), await office.propose(audience=audience)):
            found = answer.json()
            assert (answer.status_code, found["code"]) == (422, "bulk.audience_unknown")
            assert found["errors"][0]["field"] == field and word in found["errors"][0]["message"]


@pytest.mark.feature("P.03")
async def test_what_has_left_cannot_be_stopped(office: Office) -> None:
    await office.people(2)
    outcome = await office.begun()
    await office.work(lambda bulk: bulk["state"] == "sent", outcome["bulk_id"])
    path = f"/bulk-messages/{outcome['bulk_id']}/stop"
    other = await office.begun(title="再次提醒")
    await office.work(lambda bulk: bulk["state"] == "sent", other["bulk_id"])
    early = await office.place.client.post(f"/bulk-messages/{other['bulk_id']}/stop", office.checker)
    assert early.json()["state"] == "stopped" and early.json()["failed"] == 2, "its SMS still waited"
    while await office.place.send():
        pass
    late = await office.place.client.post(path, office.checker)
    assert (late.status_code, late.json()["code"]) == (409, "bulk.sent")
    assert (await office.read(outcome["bulk_id"]))["state"] == "sent"
