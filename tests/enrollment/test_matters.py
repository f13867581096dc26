"""What a member has begun is told, and when it is over: identity keeps their data meanwhile (N.07)."""

from datetime import datetime
from typing import Any

import pytest

from common.consumer import Worker
from common.contracts.matters import MemberMatterChanged
from enrollment.matters import service as matters_service
from enrollment.matters.service import TASK
from enrollment.online_payments.jobs import send_refunds

from .campus import Campus
from .test_amendments import said
from .test_online_payments import opened, sandbox, tell, told_of
from .test_records import done

pytestmark = pytest.mark.feature("N.07")


async def matters(campus: Campus) -> dict[str, list[bool]]:
    """How each matter stood, word by word; the same word said again counts once."""
    found: dict[str, list[bool]] = {}
    told: list[dict[str, Any]] = await said(campus, MemberMatterChanged.wire)
    for word in sorted(told, key=lambda word: word["told_at"]):
        words = found.setdefault(f"{word['kind']} {word['matter_id']}", [])
        if words[-1:] != [word["open"]]:
            words.append(word["open"])
    return found


def told_at(word: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(word["told_at"])


async def test_an_application_and_its_payment_are_under_way_until_the_money_is_there(campus: Campus) -> None:
    _, application, payment = await opened(campus)
    assert await matters(campus) == {f"application {application}": [True], f"payment {payment['id']}": [True]}
    await campus.press(payment)
    expected = {f"application {application}": [True, False], f"payment {payment['id']}": [True, False]}
    assert await matters(campus) == expected


async def test_money_on_its_way_back_is_under_way(campus: Campus) -> None:
    member, application, payment = await opened(campus)
    await campus.client.post(f"/applications/{application}/withdraw", member)
    closed = {f"application {application}": [True, False], f"payment {payment['id']}": [True, False]}
    assert await matters(campus) == closed
    await sandbox(campus).decide(payment["number"], "paid")
    await tell(campus, told_of(payment))
    assert (await matters(campus))[f"payment {payment['id']}"][-1] is True
    await send_refunds(campus.client.context, campus.tenant.id)
    assert (await matters(campus))[f"payment {payment['id']}"][-1] is False


async def test_held_money_is_under_way_until_all_of_it_went_back(campus: Campus) -> None:
    _, _, payment = await opened(campus)
    await sandbox(campus).decide(payment["number"], "paid")
    await tell(campus, told_of(payment, amount="80.00"))
    for part, open_after in (("50.00", True), ("30.00", False)):
        body = {"amount": part, "reason": "金额不符"}
        await campus.client.post(f"/payments/{payment['id']}/refund", campus.finance, json=body)
        await send_refunds(campus.client.context, campus.tenant.id)
        assert (await matters(campus))[f"payment {payment['id']}"][-1] is open_after


@pytest.mark.feature("N.06")
async def test_everything_is_told_again_for_a_copy_that_is_empty(
    campus: Campus, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two applications and their payments, one over and one not, and money that is held: each once, as it stands."""
    monkeypatch.setattr(matters_service, "BATCH", 2)
    _, _, held = await opened(campus)
    for serial in (1, 2):
        _, _, payment = await opened(campus, serial)
    await campus.press(payment)
    await sandbox(campus).decide(held["number"], "paid")
    await tell(campus, told_of(held, amount="80.00"))
    known = {matter: words[-1] for matter, words in (await matters(campus)).items()}
    assert set(known.values()) == {True, False} and known[f"payment {held['id']}"] is True
    last = max(told_at(word) for word in await said(campus, MemberMatterChanged.wire))
    operator = campus.client.mint.actor(campus.tenant, "events.replay", "tasks.read")
    asked = await campus.client.post("/snapshots", operator, json={"fact": "matters"})
    assert asked.status_code == 202, asked.text
    state = await done(campus, worker, asked.json()["id"], operator)
    assert (state["state"], state["kind"], state["done"]) == ("done", TASK, len(known)), state
    again = [word for word in await said(campus, MemberMatterChanged.wire) if told_at(word) > last]
    assert {f"{word['kind']} {word['matter_id']}": word["open"] for word in again} == known
    assert len(again) == len(known)
    refused = await campus.client.post("/snapshots", operator, json={"fact": "odd"})
    assert refused.status_code == 422
