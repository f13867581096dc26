"""A payout's way: by schedule, confirmed, given up, failed, tried again, given back, seen by its member."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from claims.payouts.batches.models import PayoutBatch, PayoutItem
from claims.payouts.batches.schedule import prepare_batches
from claims.payouts.batches.service import collect
from claims.payouts.models import Payout
from common.clock import now, set_to, today
from common.ids import new_id
from common.tenancy import current_pack

from .test_feed import as_csv, line
from .world import FUND, Person, World, card_number


async def one_payout(world: World) -> dict[str, Any]:
    items = (await world.client.get("/payouts", world.staff("payout_maker"))).json()["items"]
    assert len(items) == 1
    return dict(items[0])


@pytest.mark.feature("N.05")
async def test_two_accounts_of_one_person_are_one_person(world: World, person: Person) -> None:
    await world.fund()
    await world.approved(person)
    human = new_id()
    maker = world.staff("payout_maker", human=human)
    checker = world.staff("payout_checker", human=human)
    batch = (await world.client.post("/payout-batches", maker, json={"fund": FUND})).json()
    answer = await world.client.post(f"/payout-batches/{batch['id']}/release", checker)
    assert answer.status_code == 403 and answer.json()["code"] == "payout.same_person"
    with pytest.raises(DBAPIError, match="payout_batch_two_humans"):
        async with world.client.context.db.transaction(world.tenant.id) as session:
            forced = update(PayoutBatch).where(PayoutBatch.tenant_id == world.tenant.id)
            await session.execute(forced.values(releaser_id=checker.id, releaser_human=human))
    other = world.staff("payout_checker", human=new_id())
    assert (await world.client.post(f"/payout-batches/{batch['id']}/release", other)).status_code == 200


@pytest.mark.feature("B.09", "N.05")
async def test_who_confirms_a_batch_of_the_schedule_releases_it_under_no_account(
    world: World, person: Person
) -> None:
    await world.fund()
    await world.approved(person)
    async with world.client.context.db.transaction(world.tenant.id) as session:
        pack, tenant_id = await current_pack(session), world.tenant.id
        batch = await collect(session, pack=pack, tenant_id=tenant_id, fund=FUND, maker=None)
        assert batch is not None
    human = new_id()
    path = f"/payout-batches/{batch.id}"
    assert (await world.client.post(f"{path}/confirm", world.staff("payout_maker", human=human))).json()[
        "maker_id"
    ]
    answer = await world.client.post(f"{path}/release", world.staff("payout_checker", human=human))
    assert answer.status_code == 403 and answer.json()["code"] == "payout.same_person"


@pytest.mark.feature("B.09")
async def test_the_schedule_prepares_people_release(world: World, person: Person) -> None:
    """After approval the payout goes into the next batch by itself; two people still answer for it."""
    await world.fund()
    await world.submitted(person)
    monday = now().replace(hour=7, minute=0) + timedelta(days=(7 - now().weekday()) % 7)
    with set_to(monday):  # 15:00 in Shanghai: before the pack's 15:30
        await prepare_batches(world.client.context, world.tenant.id)
    assert await world.count(PayoutBatch) == 0
    with set_to(monday + timedelta(hours=1)):
        await prepare_batches(world.client.context, world.tenant.id)
        await prepare_batches(world.client.context, world.tenant.id)
    maker, checker = world.staff("payout_maker"), world.staff("payout_checker")
    (batch,) = (await world.client.get("/payout-batches", maker)).json()["items"]
    assert batch["origin"] == "schedule" and batch["maker_id"] is None and batch["payouts"] == 1
    release, confirm = (f"/payout-batches/{batch['id']}/{word}" for word in ("release", "confirm"))
    answer = await world.client.post(release, checker)
    assert answer.status_code == 409 and answer.json()["code"] == "payout.batch_not_confirmed"
    both = world.client.mint.actor(world.tenant, "claims.payout.prepare", "claims.payout.release")
    assert (await world.client.post(confirm, both)).json()["maker_id"] == str(both.id)
    assert (await world.client.post(confirm, both)).json()["maker_id"] == str(both.id), "tapped twice is once"
    refused = await world.client.post(confirm, maker)
    assert refused.status_code == 409 and refused.json()["code"] == "payout.batch_already_confirmed"
    assert batch["number"] in refused.json()["detail"]
    assert (await world.client.post(release, both)).json()["code"] == "payout.same_person"
    assert (await world.client.post(release, checker)).json()["status"] == "released"
    await world.submitted(await world.cover(), "7141957132")
    with set_to(monday + timedelta(hours=2)):
        await prepare_batches(world.client.context, world.tenant.id)
    assert await world.count(PayoutBatch) == 1, "the same moment makes no second batch"


@pytest.mark.feature("N.05")
async def test_a_batch_given_up_frees_its_payouts(world: World, person: Person) -> None:
    await world.fund()
    await world.approved(person)
    batch = await world.batch()
    path = f"/payout-batches/{batch['id']}/cancel"
    maker = world.staff("payout_maker")
    assert (await world.client.post(path, maker, json={"reason": ""})).status_code == 422
    answer = await world.client.post(path, maker, json={"reason": "金额有误，重新制单"})
    assert answer.json()["status"] == "cancelled" and answer.json()["reason"] == "金额有误，重新制单"
    assert answer.json()["canceller_id"] == str(maker.id)
    again = await world.client.post(path, maker, json={"reason": "金额有误，重新制单"})
    assert again.status_code == 200 and again.json() == answer.json(), "tapped twice is once"
    answer = await world.client.post(f"/payout-batches/{batch['id']}/release", world.staff("payout_checker"))
    assert answer.status_code == 409 and answer.json()["code"] == "payout.batch_already_released"
    assert "已作废" in answer.json()["detail"]
    assert (await world.client.post(path, maker, json={"reason": "再次"})).status_code == 409
    later = await world.released()
    assert later["payouts"] == 1 and later["id"] != batch["id"]
    assert (
        await world.client.post(f"/payout-batches/{later['id']}/cancel", maker, json={"reason": "晚了"})
    ).json()["code"] == "payout.batch_already_released"
    items = (await world.client.get(f"/payout-batches/{later['id']}/items", maker)).json()["items"]
    assert (
        items[0]["card"].startswith("6228 **** ")
        and items[0]["name"] == "许**"
        and items[0]["outcome"] is None
    )


@pytest.mark.feature("N.05")
async def test_part_of_a_result_then_the_rest(world: World) -> None:
    await world.fund()
    for number in ("1", "2", "3"):
        await world.approved(await world.cover(), number)
    batch = await world.released()
    rows = await world.result_rows(batch)
    first = (await world.send_result(batch, world.result_file(rows[:1]))).json()
    assert (first["paid"], first["open"], first["status"]) == (1, 2, "released")
    waiting = (await world.send_result(batch, world.result_file(rows[1:2], status="处理中"))).json()
    assert (waiting["paid"], waiting["failed"], waiting["open"]) == (0, 0, 2)
    path, maker = f"/payout-batches/{batch['id']}", world.staff("payout_maker")
    assert (await world.client.get(path, maker)).json()["answered"] == 1
    assert await world.result_rows(batch) == rows[1:], "handed to the bank again, nobody is paid twice"
    file = await world.client.get(f"{path}/file?format=csv", maker)
    assert f'filename="{batch["number"]}-open.csv"' in file.headers["content-disposition"]
    titled = "江苏银行批量代发结果\r\n,,\r\n".encode("gb18030") + world.result_file(rows)
    rest = (await world.send_result(batch, titled)).json()
    assert (rest["paid"], rest["repeated"], rest["open"], rest["status"]) == (2, 1, 0, "settled")
    assert await world.result_rows(batch) == rows, "of a batch that is answered: as it was sent"


@pytest.mark.feature("N.05")
async def test_money_given_back_after_it_was_paid(world: World, person: Person) -> None:
    """退汇: the claim is unpaid again, the books say so, the member is told and names another card."""
    await world.fund()
    claim = await world.approved(person)
    batch = await world.released()
    rows = await world.result_rows(batch)
    paid = world.result_file(rows)
    await world.send_result(batch, paid)
    statistics = world.client.mint.actor(world.tenant, "claims.statistics.read")
    assert (await world.client.get("/statistics", statistics)).json()["paid"] == "460.00"
    back = world.result_file(rows, status="退汇", reason="账户已销户")
    assert (await world.send_result(batch, back)).json()["reversed"] == 1
    for data in (back, paid):
        again = (await world.send_result(batch, data)).json()
        assert (again["paid"], again["reversed"], again["repeated"]) == (0, 0, 1)
    ledger = await world.ledger()
    assert ledger["accounts"]["bank"] == "100000.00" and ledger["accounts"]["claims_payable"] == "-460.00"
    totals = (await world.client.get("/statistics", statistics)).json()
    assert totals["paid"] == "0.00" and totals["paid_claims"] == 0
    told = await world.events("claims.payout_failed.v1")
    assert world.words(told[0].data["reason"]) == "账户已销户"
    assert [event.data["reversed"] for event in told] == [True], "the member reads that it had arrived"
    seen = await world.read(person.actor, claim)
    assert seen["status"] == "payment_failed" and [s["action"] for s in seen["timeline"]][-2:] != ["paid"]
    body = {"card_number": card_number(778), "bank_name": "江苏银行"}
    assert (
        await world.client.post(f"/claims/{claim['id']}/payee", person.actor, json=body)
    ).status_code == 200
    second = await world.released()
    assert (await world.send_result(second, world.result_file(await world.result_rows(second)))).json()[
        "paid"
    ] == 1
    assert (await world.ledger())["accounts"]["bank"] == "99540.00"
    assert await world.count(Payout, Payout.status == "paid") == 1


@pytest.mark.feature("N.05")
async def test_a_failed_payout_is_tried_again(world: World, person: Person) -> None:
    await world.fund()
    await world.approved(person)
    batch = await world.released()
    payout = await one_payout(world)
    retry, maker = f"/payouts/{payout['id']}/retry", world.staff("payout_maker")
    answer = await world.client.post(retry, maker)
    assert answer.status_code == 409 and answer.json()["code"] == "payout.state_wrong"
    assert not any(word in answer.json()["detail"] for word in ("waiting", "paid", "failed", "released"))
    rows = await world.result_rows(batch)
    await world.send_result(batch, world.result_file(rows, status="失败", reason="银行系统维护"))
    assert (await world.client.post(retry, maker)).json()["status"] == "waiting"
    second = await world.released()
    assert (await world.send_result(second, world.result_file(rows))).json()["paid"] == 1
    payout = (await world.client.get(f"/payouts/{payout['id']}", maker)).json()
    assert payout["status"] == "paid" and payout["attempts"] == 2
    assert await world.count(PayoutItem, PayoutItem.outcome == "paid") == 1
    found = await world.client.get(f"/payouts?number={payout['claim_number']}&status=paid", maker)
    assert len(found.json()["items"]) == 1
    assert (await world.client.get("/payouts?status=failed", maker)).json()["items"] == []


@pytest.mark.feature("E.05")
async def test_a_member_sees_four_years_of_own_payouts(world: World, person: Person) -> None:
    await world.fund()
    other = await world.cover("王芳")
    for payee, number in ((person, "1"), (other, "2")):
        await world.approved(payee, number)
    batch = await world.released()
    await world.send_result(batch, world.result_file(await world.result_rows(batch)))
    seen = (await world.client.get("/my/payouts", person.actor)).json()
    assert seen["paid"] == "460.00" and len(seen["items"]) == 1
    item = seen["items"][0]
    number = card_number(person.serial)
    assert item["card"] == f"{number[:4]} **** **** {number[-4:]}" and item["kind"] == "住院"
    assert number not in str(seen)
    assert (await world.client.get(f"/my/payouts?year={today().year - 1}", person.actor)).json()[
        "items"
    ] == []
    stranger = await world.cover("李雷")
    assert (await world.client.get("/my/payouts", stranger.actor)).json()["items"] == []
    long_ago = today() - timedelta(days=4 * 366 + 1)
    async with world.client.context.db.transaction(world.tenant.id) as session:
        old = {"paid_on": long_ago, "requested_on": long_ago, "created_at": now() - timedelta(days=5 * 366)}
        await session.execute(update(Payout).where(Payout.tenant_id == world.tenant.id).values(old))
    assert (await world.client.get("/my/payouts", person.actor)).json()["items"] == []


async def test_staff_see_the_payouts_of_their_branch(world: World, person: Person) -> None:
    await world.approved(person)
    near, far = (world.staff("payout_maker", org_path=path) for path in ("/binhu/", "/xinwu/"))
    payout = (await world.client.get("/payouts", near)).json()["items"][0]
    assert (await world.client.get("/payouts", far)).json()["items"] == []
    assert (await world.client.get(f"/payouts/{payout['id']}", far)).status_code == 404


@pytest.mark.feature("C.09", "N.05")
async def test_the_feed_finds_no_card_so_the_member_is_told_and_names_one(world: World) -> None:
    await world.fund()
    person = await world.cover(bank_card=None, bank_name=None)
    await world.feed(as_csv(line(person, "1")))
    await world.decide_feed()
    payout = await one_payout(world)
    assert payout["status"] == "awaiting_card"
    answer = await world.client.post("/payout-batches", world.staff("payout_maker"), json={"fund": FUND})
    assert answer.json()["code"] == "payout.nothing_waiting"
    assert len(await world.events("claims.payout_failed.v1")) == 1
    body = {"card_number": card_number(779), "bank_name": "江苏银行"}
    assert (
        await world.client.post(f"/claims/{payout['claim_id']}/payee", person.actor, json=body)
    ).status_code == 200
    batch = await world.released()
    assert (await world.result_rows(batch))[0][1] == card_number(779)
