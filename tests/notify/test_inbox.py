"""The inbox: list, unread, detail; quiet hours; where the union's messages stand."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.auth import ActorKind
from common.contracts.claims import ClaimFact, ClaimReopened
from common.contracts.identity import MembersAdmitted
from common.ids import new_id
from common.testing import TestTenant
from notify.messages.rules import is_quiet

from .conftest import Place
from .test_messages import code_event, payout

READ_OWN, READ = "notify.message.read_own", "notify.message.read"
NIGHT = datetime(2026, 11, 28, 23, 30, tzinfo=clock.BUSINESS_ZONE).astimezone(UTC)


async def told(place: Place, times: int = 1) -> Any:
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person()]))
    for _ in range(times):
        await place.deliver(payout(place))
    return place.client.mint.actor(place.tenant, READ_OWN, kind=ActorKind.MEMBER, person_id=place.person_id)


@pytest.mark.feature("E.10")
async def test_list_unread_detail_and_all_read(place: Place) -> None:
    reader = await told(place, 3)
    items = (await place.client.get("/messages", reader)).json()["items"]
    assert len(items) == 3 and {item["title"] for item in items} == {"理赔与给付通知"}
    one = await place.client.get(f"/messages/{items[0]['id']}", reader)
    assert one.json()["text"] == items[0]["text"] and one.json()["read_at"] is None
    assert (await place.client.get("/messages/unread-count", reader)).json() == {"unread": 3}
    opened = await place.client.post(f"/messages/{items[0]['id']}/read", reader)
    assert opened.json()["read_at"]
    unread = (await place.client.get("/messages", reader, params={"unread": True})).json()["items"]
    assert len(unread) == 2
    assert (await place.client.post("/messages/read-all", reader)).json() == {"read": 2}
    assert (await place.client.get("/messages/unread-count", reader)).json() == {"unread": 0}


@pytest.mark.feature("E.10")
async def test_nobody_reads_what_is_not_theirs(
    place: Place, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    reader = await told(place)
    (item,) = (await place.client.get("/messages", reader)).json()["items"]
    mint, foreign = place.client.mint, await new_tenant(place.client.context)
    other = mint.actor(place.tenant, READ_OWN, kind=ActorKind.MEMBER, person_id=new_id())
    stranger = mint.actor(foreign, READ_OWN, kind=ActorKind.MEMBER, person_id=place.person_id)
    for actor, status in ((None, 401), (mint.actor(place.tenant), 403), (other, 404), (stranger, 404)):
        assert (await place.client.get(f"/messages/{item['id']}", actor)).status_code == status
        everything = await place.client.post("/messages/read-all", actor)
        assert everything.status_code == (200 if status == 404 else status)
    assert (await place.client.get("/messages/unread-count", reader)).json() == {"unread": 1}


@pytest.mark.feature("C.08")
async def test_at_night_only_codes_and_what_must_arrive_leave(place: Place) -> None:
    with clock.set_to(NIGHT):
        await place.deliver(place.policies(1), code_event(place))
        await place.deliver(payout(place))
        assert await place.send(urgent=True) == 1, "a code"
        sent = [await place.send(quiet_hours=True), await place.send(quiet_hours=True)]
        assert sent == [1, 0] and any("461.00元" in text for text in await place.phone())
        assert not any("三合一，保障期" in text for text in await place.phone())
    with clock.set_to(NIGHT + timedelta(hours=9)):
        assert await place.send(quiet_hours=True) == 1
        assert any("三合一" in text and "保障期" in text for text in await place.phone())


async def test_where_the_messages_stand_can_be_seen(
    place: Place, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    await told(place, 2)
    auditor = place.client.mint.actor(place.tenant, READ)
    params = {"channel": "sms", "template": "claims.payout_completed"}
    queued = (await place.client.get("/deliveries", auditor, params=params | {"state": "queued"})).json()[
        "items"
    ]
    assert len(queued) == 2 and queued[0]["next_attempt_at"] and queued[0]["mobile"] == "138****1234"
    await place.send()
    sent = (await place.client.get("/deliveries", auditor, params=params | {"state": "sent"})).json()["items"]
    assert (
        len(sent) == 2
        and sent[0]["provider_id"].startswith("sandbox-")
        and sent[0]["next_attempt_at"] is None
    )
    summary = (await place.client.get("/deliveries/summary", auditor)).json()["items"]
    assert {"channel": "sms", "state": "sent", "messages": 3} in summary, "with the one to the handler"
    foreign = await new_tenant(place.client.context)
    for actor, status in ((None, 401), (place.client.mint.actor(place.tenant), 403)):
        assert (await place.client.get("/deliveries/summary", actor)).status_code == status
    theirs = await place.client.get("/deliveries/summary", place.client.mint.actor(foreign, READ))
    assert theirs.json()["items"] == []


MINUTES = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02d}:{minute % 60:02d}")


@given(MINUTES, MINUTES, MINUTES)
def test_quiet_hours_and_the_rest_share_the_day(start: str, until: str, at: str) -> None:
    assert is_quiet(start, until, start) == (start != until)
    assert not is_quiet(start, until, until)
    if start != until:
        assert is_quiet(start, until, at) != is_quiet(until, start, at)


@pytest.mark.feature("P.06", "E.10")
async def test_a_decision_looked_at_again_is_told_unless_an_appeal_asked_for_it(place: Place) -> None:
    member = await told(place)
    fact = ClaimFact(
        claim_id=new_id(), number="L9", kind="hospital", person_id=place.person_id, product_code="three-in-one",
        pack_version=1, status="in_review",
    )  # fmt: skip
    for cause in ("appeal", "sample"):
        await place.deliver(ClaimReopened(claim=fact, cause=cause), times=2)
    found = (await place.client.get("/messages", member)).json()["items"]
    (one,) = [message for message in found if message["template"] == "claims.claim_reopened"]
    assert "L9" in one["text"] and "重新审核" in one["text"]
