"""Bulk messages: two people, an estimate, once per person although the worker dies, stopped at any time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from common import clock
from common.auth import Actor, ActorKind
from common.clock import today
from common.contracts.identity import MembersAdmitted, PreferencesChanged, UnitApproved
from common.ids import new_id
from common.tasks.worker import TaskWorker
from common.testing import TestTenant
from common.testing.tasks import wear_out
from notify.bulk import sending
from notify.bulk.rules import cost, parts_of
from notify.bulk.sending import KINDS

from .conftest import MOBILE, Place

PROPOSE, APPROVE = "notify.bulk.propose", "notify.bulk.approve"
CONTENT = {
    "title": "续保提醒",
    "text": "{name}您好，新年度续保已开始，咨询{hotline}。",
    "channels": ["inapp", "sms"],
    "audience": {"kind": "member"},
}


class Office:
    """Two people who send bulk messages."""

    def __init__(self, place: Place) -> None:
        self.place = place
        mint = place.client.mint
        self.maker = mint.actor(place.tenant, PROPOSE, APPROVE, human=new_id())
        self.checker = mint.actor(place.tenant, PROPOSE, APPROVE, human=new_id())

    async def people(self, count: int, **changes: Any) -> list[Any]:
        """Admit people of the place's unit."""
        facts = []
        for number in range(count):
            mobile = f"139{number:08d}" if number else MOBILE
            fact = self.place.person(mobile=mobile)
            facts.append(
                fact.model_copy(update={"person_id": new_id(), "unit_id": self.place.unit_id} | changes)
            )
        for start in range(0, count, 500):
            await self.place.deliver(MembersAdmitted(batch_id=new_id(), members=facts[start : start + 500]))
        return facts

    async def estimate(self, actor: Actor | None = None, **changes: Any) -> httpx.Response:
        return await self.place.client.post(
            "/bulk-messages/estimate", actor or self.maker, json=CONTENT | changes
        )

    async def propose(self, actor: Actor | None = None, **changes: Any) -> httpx.Response:
        body = {"command": "bulk_message.send", "parameters": CONTENT | changes, "reason": "年度续保"}
        return await self.place.client.post("/proposals", actor or self.maker, json=body)

    async def decide(self, proposal: httpx.Response, actor: Actor, what: str = "approve") -> httpx.Response:
        path = f"/proposals/{proposal.json()['id']}/{what}"
        return await self.place.client.post(path, actor, json={"opinion": "同意发送"})

    async def begun(self, **changes: Any) -> dict[str, Any]:
        proposal = await self.propose(**changes)
        assert proposal.status_code == 201, proposal.text
        answer = await self.decide(proposal, self.checker)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["outcome"])

    async def read(self, bulk_id: str) -> dict[str, Any]:
        answer = await self.place.client.get(f"/bulk-messages/{bulk_id}", self.maker)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def work(
        self, until: Callable[[dict[str, Any]], bool], bulk_id: str, *, seconds: float = 20
    ) -> None:
        """Run a worker's tasks until the bulk message is where it should be, then kill it."""
        worker = TaskWorker(self.place.client.context, KINDS, poll_seconds=0.02, lease=timedelta(seconds=1))
        running = asyncio.create_task(worker.run())
        try:
            end = time.monotonic() + seconds
            while not until(await self.read(bulk_id)):
                if time.monotonic() > end:
                    raise TimeoutError
                await asyncio.sleep(0.02)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def office(place: Place) -> Office:
    return Office(place)


@pytest.mark.feature("P.03")
async def test_a_second_person_consents_and_everybody_is_told_once(office: Office) -> None:
    await office.people(3)
    estimate = (await office.estimate()).json()
    assert (estimate["recipients"], estimate["by_sms"], estimate["sms_parts"]) == (3, 3, 1)
    assert estimate["cost"] == "0.14" and "【无锡互助】欧阳晓明您好" in estimate["sample"]
    proposal = await office.propose()
    shown = (await office.place.client.get(f"/proposals/{proposal.json()['id']}", office.checker)).json()
    assert shown["parameters"]["text"] == CONTENT["text"] and shown["may_decide"]
    assert (await office.decide(proposal, office.maker)).status_code == 403, "not the same person"
    assert await office.place.send() == 0, "nothing leaves before"
    answer = await office.decide(proposal, office.checker)
    outcome = answer.json()["outcome"]
    await office.work(lambda bulk: bulk["state"] == "sent", outcome["bulk_id"])
    assert await office.place.send() == 3
    assert [text for text in await office.place.phone() if "王芳您好，新年度续保" in text] != []
    bulk = await office.read(outcome["bulk_id"])
    assert (bulk["told"], bulk["sent"], bulk["queued"], bulk["failed"]) == (3, 6, 0, 0)
    task = (await office.place.client.get(f"/tasks/{outcome['task_id']}", office.maker)).json()
    assert (task["done"], task["total"]) == (3, 3)


@pytest.mark.feature("P.03")
async def test_the_same_human_and_the_refused_send_nothing(office: Office) -> None:
    await office.people(1)
    proposal = await office.propose()
    twin = office.checker.model_copy(update={"human": office.maker.human})
    assert (await office.decide(proposal, twin)).status_code == 403
    refused = await office.decide(proposal, office.checker, "reject")
    assert refused.json()["state"] == "rejected"
    assert (await office.decide(proposal, office.checker)).status_code == 409
    assert (await office.place.client.get("/bulk-messages", office.maker)).json()["items"] == []


@pytest.mark.feature("P.03")
async def test_a_bulk_message_whose_making_is_given_up_says_so(office: Office) -> None:
    await office.people(3)
    outcome = await office.begun()
    await wear_out(office.place.client.context, office.place.tenant.id)
    await office.work(lambda bulk: bulk["state"] == "failed", outcome["bulk_id"])
    bulk = await office.read(outcome["bulk_id"])
    assert (
        bulk["problem"]["code"] == "task.interrupted"
        and "重试" in bulk["problem"]["zh"]
        and bulk["told"] == 0
    )
    (listed,) = (await office.place.client.get("/bulk-messages", office.maker)).json()["items"]
    assert (listed["state"], listed["problem"]) == ("failed", bulk["problem"])
    stopped = await office.place.client.post(f"/bulk-messages/{outcome['bulk_id']}/stop", office.maker)
    assert (stopped.json()["state"], stopped.json()["problem"]) == ("stopped", None)


@pytest.mark.feature("P.03")
async def test_killed_in_the_middle_it_goes_on_and_nobody_is_told_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "CHUNK", 20)
    await office.people(200)
    outcome = await office.begun()
    for part in (20, 60, 140):
        await office.work(lambda bulk, part=part: bulk["told"] >= part, outcome["bulk_id"])  # type: ignore[misc]
    await office.work(lambda bulk: bulk["state"] == "sent", outcome["bulk_id"])
    bulk = await office.read(outcome["bulk_id"])
    assert (bulk["told"], bulk["queued"] + bulk["sent"]) == (200, 400)
    while await office.place.send():
        pass
    assert len([text for text in await office.place.phone() if "新年度续保" in text]) == 1
    assert (await office.read(outcome["bulk_id"]))["sent"] == 400


@pytest.mark.feature("P.03")
async def test_stopped_in_the_middle_nobody_else_is_told(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "CHUNK", 10)
    await office.people(60)
    outcome = await office.begun()
    await office.work(lambda bulk: bulk["told"] >= 10, outcome["bulk_id"])
    path = f"/bulk-messages/{outcome['bulk_id']}/stop"
    stopped = await office.place.client.post(path, office.checker)
    assert stopped.status_code == 200 and stopped.json()["state"] == "stopped"
    told = stopped.json()["told"]
    assert stopped.json()["queued"] == 0 and await office.place.send() == 0
    with pytest.raises(TimeoutError):
        await office.work(lambda bulk: bulk["told"] > told, outcome["bulk_id"], seconds=1)
    assert (await office.place.client.post(path, office.checker)).json()["code"] == "bulk.stopped"


@pytest.mark.feature("P.03", "E.11")
async def test_who_wants_no_notices_gets_it_in_the_app_only(office: Office) -> None:
    (first, second) = await office.people(2)
    await office.place.deliver(
        PreferencesChanged(person_id=first.person_id, version=1, enrolment_sms=True, service_notices=False)
    )
    estimate = (await office.estimate()).json()
    assert (estimate["recipients"], estimate["by_sms"], estimate["silenced"]) == (2, 1, 1)
    outcome = await office.begun()
    await office.work(lambda bulk: bulk["state"] == "sent", outcome["bulk_id"])
    assert await office.place.send() == 1 and await office.place.phone() == []
    reader = office.place.client.mint.actor(
        office.place.tenant, "notify.message.read_own", kind=ActorKind.MEMBER, person_id=first.person_id
    )
    (inbox,) = (await office.place.client.get("/messages", reader)).json()["items"]
    assert inbox["title"] == "续保提醒" and "王芳您好" in inbox["text"]
    assert second.person_id


@pytest.mark.feature("P.03")
async def test_audiences_by_unit_branch_cover_and_handlers(office: Office) -> None:
    place = office.place
    await office.people(2)
    other = place.unit().model_copy(update={"unit_id": new_id(), "org_path": "/liangxi/"})
    await place.deliver(UnitApproved(unit=other))
    await office.people(3, unit_id=other.unit_id)
    await place.deliver(place.policies(1))
    for audience, count in (
        ({"kind": "member"}, 6),
        ({"kind": "member", "units": [str(other.unit_id)]}, 3),
        ({"kind": "member", "branch": "/binhu/"}, 3),
        ({"kind": "member", "branch": "/liangxi/"}, 3),
        ({"kind": "member", "covered_by": ["three-in-one"]}, 1),
        ({"kind": "member", "covered_by": ["three-in-one"], "branch": "/liangxi/"}, 0),
        ({"kind": "member", "units": [str(other.unit_id)], "branch": "/binhu/"}, 0),
        ({"kind": "handler"}, 2),
        ({"kind": "handler", "branch": "/liangxi/"}, 1),
    ):
        found = await office.estimate(audience=audience)
        assert found.json()["recipients"] == count, (audience, found.text)
    with clock.set_to(clock.now() + timedelta(days=2)):
        later = await office.estimate(audience={"kind": "member", "covered_by": ["three-in-one"]})
        assert later.json()["recipients"] == 0, "cover has ended"
    outcome = await office.begun(
        audience={"kind": "handler", "branch": "/liangxi/"}, text="请{unit_name}续保"
    )
    await office.work(lambda bulk: bulk["state"] == "sent", outcome["bulk_id"])
    await place.send()
    assert any("请无锡试验公司工会续保" in text for text in await place.phone("13900005678"))
    assert today()


@pytest.mark.feature("P.03")
async def test_wrong_bulk_messages_are_refused_at_once(office: Office) -> None:
    assert (await office.propose()).json()["code"] == "bulk.nobody"
    await office.people(1)
    for changes, code in (
        ({"text": "{nickname}您好"}, "template.variable_unknown"),
        ({"text": "您好{"}, "template.brace_alone"),
        ({"audience": {"kind": "member", "covered_by": ["unknown"]}}, "content.product_unknown"),
        ({"audience": {"kind": "handler", "covered_by": ["three-in-one"]}}, "request.invalid"),
        ({"channels": []}, "request.invalid"),
        ({"channels": ["wechat"]}, "request.invalid"),
    ):
        for answer in (await office.estimate(**changes), await office.propose(**changes)):  # type: ignore[arg-type]
            assert (answer.status_code, answer.json()["code"]) == (422, code), changes


@pytest.mark.feature("P.03")
async def test_a_branch_writes_to_its_own_people_only(
    office: Office, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    await office.people(2)
    mint, tenant = office.place.client.mint, office.place.tenant
    branch = mint.actor(tenant, PROPOSE, APPROVE, org_path="/binhu/", human=new_id())
    for audience in ({"kind": "member"}, {"kind": "member", "branch": "/liangxi/"}):
        answer = await office.propose(branch, audience=audience)
        assert (answer.status_code, answer.json()["code"]) == (403, "bulk.out_of_reach")
    assert (await office.propose(branch, audience={"kind": "member", "branch": "/binhu/"})).status_code == 201
    outcome = await office.begun()
    for actor, status in (
        (None, 401),
        (mint.actor(tenant, "notify.message.read"), 403),
        (branch, 404),
        (mint.actor(await new_tenant(office.place.client.context), PROPOSE), 404),
    ):
        for method, path in (("GET", ""), ("POST", "/stop")):
            answer = await office.place.client.send(
                method, f"/bulk-messages/{outcome['bulk_id']}{path}", actor
            )
            assert answer.status_code == status, (method, status, answer.text)
        listed = await office.place.client.get("/bulk-messages", actor)
        assert listed.status_code == (200 if status == 404 else status)
        assert status != 404 or listed.json()["items"] == []
        asked = (
            await office.estimate(actor)
            if actor
            else await office.place.client.post("/bulk-messages/estimate", json=CONTENT)
        )
        assert asked.status_code == {404: asked.status_code}.get(status, status)


@pytest.mark.feature("P.03")
async def test_a_branch_pages_through_its_own_without_short_pages(office: Office) -> None:
    place = office.place
    await office.people(1)
    audiences = [{"kind": "member", "branch": "/binhu/"}, {"kind": "member"}] * 3
    mine = []
    for number, audience in enumerate(audiences):
        outcome = await office.begun(audience=audience, title=f"通知{number}")
        mine += [outcome["bulk_id"]] if "branch" in audience else []
    branch = place.client.mint.actor(place.tenant, PROPOSE, org_path="/binhu/", human=new_id())
    path, seen, sizes = "/bulk-messages?limit=2", [], []
    cursor: str | None = ""
    while cursor is not None:
        answer = (await place.client.get(f"{path}&cursor={cursor}" if cursor else path, branch)).json()
        seen += [item["id"] for item in answer["items"]]
        sizes.append(len(answer["items"]))
        cursor = answer["next_cursor"]
    assert seen == mine[::-1] and sizes == [2, 1]
    for other in ("/bin/", "/binhu/a/", "/liangxi/"):
        elsewhere = place.client.mint.actor(place.tenant, PROPOSE, org_path=other, human=new_id())
        assert (await place.client.get("/bulk-messages", elsewhere)).json()["items"] == []
    whole = (await place.client.get("/bulk-messages", office.maker)).json()["items"]
    assert len(whole) == len(audiences)


def test_parts_and_cost_as_carriers_count_them() -> None:
    from decimal import Decimal

    assert [parts_of("字" * length) for length in (1, 70, 71, 134, 135)] == [1, 1, 2, 2, 3]
    assert cost(recipients=100_000, parts=2, price=Decimal("0.045")) == Decimal("9000.00")
    assert cost(recipients=0, parts=3, price=Decimal("1")) == 0
