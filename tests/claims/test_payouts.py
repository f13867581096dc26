"""Batches, the bank's files and answers, the ledger."""

import io
from decimal import Decimal

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from claims.ledger.models import LedgerPosting
from claims.payouts.batches.models import PayoutItem
from common.clock import today
from common.contracts.pack import TenantPack
from common.db import unscoped
from common.identifiers import mask_bank_card
from common.sheets import open_workbook
from common.testing import Client

from ..pack.packs import pack_of
from .conftest import NewTenant
from .test_ledger_by_hand import approve, propose
from .world import FUND, Person, World, card_number


@pytest.mark.feature("N.05")
async def test_maker_is_not_checker(world: World, person: Person) -> None:
    await world.fund()
    await world.approved(person)
    both = world.client.mint.actor(world.tenant, "claims.payout.prepare", "claims.payout.release")
    batch = (await world.client.post("/payout-batches", both, json={"fund": "three-in-one"})).json()
    answer = await world.client.post(f"/payout-batches/{batch['id']}/release", both)
    assert answer.status_code == 403 and answer.json()["code"] == "payout.same_person"
    assert (await world.client.get(f"/payout-batches/{batch['id']}/file", both)).json()[
        "code"
    ] == "payout.batch_not_released"
    assert (
        await world.client.post(f"/payout-batches/{batch['id']}/release", world.staff("payout_checker"))
    ).status_code == 200
    listed = (await world.client.get("/payout-batches?status=released", both)).json()["items"]
    assert [item["id"] for item in listed] == [batch["id"]]
    assert (await world.client.get(f"/payout-batches/{batch['id']}", both)).json()["status"] == "released"


@pytest.mark.feature("N.05", "N.10")
async def test_a_release_is_answered_the_same_again_and_names_who_did_it_to_others(
    world: World, person: Person
) -> None:
    """With the same key and with another the same answer; anybody else reads who released it; one posting."""
    await world.fund()
    await world.approved(person)
    batch = await world.batch()
    path, checker = f"/payout-batches/{batch['id']}/release", world.staff("payout_checker")
    await world.employ(checker)
    key = {"Idempotency-Key": "release-once-0001"}
    first = await world.client.post(path, checker, headers=key)
    assert first.status_code == 200 and first.json()["releaser"] == "沈丽华", first.text
    for headers in (key, {}):
        again = await world.client.post(path, checker, headers=headers)
        assert again.status_code == 200 and again.json() == first.json(), again.text
    other = await world.client.post(path, world.staff("payout_checker"))
    assert other.status_code == 409 and other.json()["code"] == "payout.batch_already_released"
    assert "已放行" in other.json()["detail"] and "沈丽华" in other.json()["detail"], other.text
    assert batch["number"] in other.json()["detail"], other.text
    assert await world.count(LedgerPosting, LedgerPosting.cause_kind == "release") == 1
    seen = await world.client.get(f"/payout-batches/{batch['id']}", world.staff("payout_maker"))
    assert seen.json() == first.json()
    (listed,) = (await world.client.get("/payout-batches", world.staff("payout_maker"))).json()["items"]
    assert listed == first.json()


@pytest.mark.feature("N.05")
async def test_the_fund_must_have_the_money(world: World, person: Person) -> None:
    await world.fund("100.00")
    await world.approved(person)
    batch = await world.batch()
    answer = await world.client.post(f"/payout-batches/{batch['id']}/release", world.staff("payout_checker"))
    assert answer.status_code == 409 and answer.json()["code"] == "payout.balance_too_low"
    await world.fund("360.00")
    answer = await world.client.post(f"/payout-batches/{batch['id']}/release", world.staff("payout_checker"))
    assert answer.status_code == 200
    assert (await world.ledger())["available"] == "0.00"


@pytest_asyncio.fixture
async def strict(claims: Client, new_tenant: NewTenant, wuxi_plain: TenantPack) -> World:
    """A union whose fund keeps 100 yuan, and whose bank's file names the account that pays."""
    funds = tuple(fund.model_copy(update={"floor": Decimal(100)}) for fund in wuxi_plain.funds)
    batch = wuxi_plain.bank.batch.model_copy(update={"summary": pack_of("zhejiang").bank.batch.summary})
    bank = wuxi_plain.bank.model_copy(update={"batch": batch})
    pack = wuxi_plain.model_copy(update={"funds": funds, "bank": bank})
    made = World(claims, await new_tenant(claims.context, pack=pack))
    await made.approve_unit()
    return made


@pytest.mark.feature("N.05")
async def test_a_release_leaves_the_fund_its_floor(strict: World) -> None:
    await strict.fund("559.99")
    await strict.approved(await strict.cover())
    release = f"/payout-batches/{(await strict.batch())['id']}/release"
    answer = await strict.client.post(release, strict.staff("payout_checker"))
    assert answer.status_code == 409 and answer.json()["code"] == "payout.balance_too_low"
    assert (await strict.ledger())["available"] == "559.99"
    await strict.fund("0.01")
    assert (await strict.client.post(release, strict.staff("payout_checker"))).status_code == 200
    assert (await strict.ledger())["available"] == "100.00"


@pytest.mark.feature("N.05", "P.03")
async def test_a_released_batch_keeps_the_account_that_pays(strict: World) -> None:
    await strict.fund()
    await strict.approved(await strict.cover())
    batch = await strict.released()
    path = f"/payout-batches/{batch['id']}/file?format=csv"
    before = await strict.client.get(path, strict.staff("payout_maker"))
    change = {"fund": FUND, "holder": "互济会", "bank": "农商银行", "number": "019801600000012"}
    made = await propose(strict, change, command="fund.account")
    assert (await approve(strict, made.json())).status_code == 200
    after = await strict.client.get(path, strict.staff("payout_maker"))
    assert b"839010188900024409" in before.content and after.content == before.content
    await strict.approved(await strict.cover(), "2")
    later = f"/payout-batches/{(await strict.released())['id']}/file?format=csv"
    assert b"019801600000012" in (await strict.client.get(later, strict.staff("payout_maker"))).content


async def test_nothing_waits(world: World) -> None:
    maker = world.staff("payout_maker")
    answer = await world.client.post("/payout-batches", maker, json={"fund": "three-in-one"})
    assert answer.json()["code"] == "payout.nothing_waiting"
    answer = await world.client.post("/payout-batches", maker, json={"fund": "nothing"})
    assert answer.json()["code"] == "payout.fund_unknown"


@pytest.mark.feature("N.05")
async def test_the_banks_file_in_the_packs_layout(world: World, person: Person) -> None:
    await world.fund()
    claim = await world.approved(person)
    batch = await world.released()
    answer = await world.client.get(f"/payout-batches/{batch['id']}/file", world.staff("payout_maker"))
    with open_workbook(io.BytesIO(answer.content)) as book:
        rows = [row.cells for row in book.rows(book.sheets[0])]
    assert rows[0][:3] == ["序号", "付款编号", "收款人姓名"]
    assert rows[1] == [
        "1", f"P{claim['number']}", "许晓霞", card_number(person.serial), "无锡农村商业银行",
        "460.00", "CNY", "三合一互助金",
    ]  # fmt: skip


@pytest.mark.feature("N.05")
async def test_a_result_twice_pays_once(world: World, person: Person) -> None:
    await world.fund()
    await world.approved(person)
    batch = await world.released()
    data = world.result_file(await world.result_rows(batch))
    assert (await world.send_result(batch, data)).json()["paid"] == 1
    again = (await world.send_result(batch, data)).json()
    assert again["paid"] == 0 and again["repeated"] == 1
    assert len(await world.events("claims.payout_completed.v1")) == 1
    assert (await world.ledger())["accounts"]["bank"] == "99540.00"


@pytest.mark.feature("N.05")
@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda row: ["P0", row[1], row[2]], "result.unknown_line"),
        (lambda row: [row[0], row[1], "460.01"], "result.wrong_amount"),
        (lambda row: [row[0], "6228480000000000", row[2]], "result.wrong_account"),
    ],
)
async def test_a_result_that_does_not_fit_changes_nothing(world: World, change: object, code: str) -> None:
    await world.fund()
    for number in ("1", "2"):
        await world.approved(await world.cover(), number)
    batch = await world.released()
    good, bad = await world.result_rows(batch)
    answer = await world.send_result(batch, world.result_file([good, change(bad)]))  # type: ignore[operator]
    assert answer.status_code == 422 and answer.json()["code"] == "payout.result_refused"
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("row.3", code)]
    assert await world.count(PayoutItem, PayoutItem.outcome.is_not(None)) == 0
    assert await world.count(LedgerPosting, LedgerPosting.cause_kind == "paid") == 0


@pytest.mark.feature("N.05")
@pytest.mark.parametrize(
    ("day", "code", "words"),
    [
        ("昨天", "result.day_unreadable", "20260131"),
        ("20261301", "result.day_unreadable", "记账日期"),
        ("2099-01-01", "result.day_in_future", "2099-01-01"),
    ],
)
async def test_a_result_with_a_wrong_booking_day_changes_nothing(
    world: World, person: Person, day: str, code: str, words: str
) -> None:
    await world.fund()
    claim = await world.approved(person)
    batch = await world.released()
    data = world.result_file(await world.result_rows(batch)).decode("gb18030")
    wrong = data.replace(f",{today():%Y%m%d}", f",{day}")
    assert wrong != data
    answer = await world.send_result(batch, wrong.encode("gb18030"))
    assert answer.status_code == 422 and answer.json()["code"] == "payout.result_refused"
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("row.2", code) and words in error["message"]
    assert (await world.read(person.actor, claim))["status"] == "approved"
    assert await world.count(PayoutItem, PayoutItem.outcome.is_not(None)) == 0
    assert (await world.send_result(batch, data.encode("gb18030"))).json()["paid"] == 1


@pytest.mark.feature("N.05", "B.09")
async def test_a_word_of_the_bank_that_is_not_known_is_named_and_nothing_is_booked(world: World) -> None:
    """付了 is no answer, and no silence either: its row, the word and the known ones are told; no status is open."""
    await world.fund()
    for number in ("1", "2"):
        await world.approved(await world.cover(), number)
    batch = await world.released()
    rows = await world.result_rows(batch)
    data = world.result_file(rows).decode("gb18030")
    second = data.rindex("成功")

    def said(word: str) -> bytes:
        return f"{data[:second]}{word}{data[second + 2 :]}".encode("gb18030")

    for word, shown in (("付了", "付了"), ("付" * 200, f"{'付' * 40}…")):
        refused = await world.send_result(batch, said(word))
        assert refused.status_code == 422 and "未做任何入账" in refused.json()["detail"]
        (error,) = refused.json()["errors"]
        assert (error["field"], error["code"]) == ("row.3", "result.status_unknown")
        assert error["message"].startswith(
            f"第 3 行：“处理结果”为“{shown}”，系统不认识；只认“成功”“交易成功”“失败”"
        )
        assert "处理中" in error["message"] and "留空" in error["message"]
        assert await world.count(PayoutItem, PayoutItem.outcome.is_not(None)) == 0
    for word, paid in (("处理中", 1), ("", 0), ("交易成功", 1)):
        read = (await world.send_result(batch, said(word))).json()
        assert (read["paid"], read["open"]) == (paid, 0 if word == "交易成功" else 1), word


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", ("文件为空",)), (b"a,b\n1,2\n", ("缺少列", "“付款编号”", "“金额”", "“处理结果”"))],
)
async def test_an_unreadable_result_says_what_is_not_there(
    world: World, person: Person, data: bytes, words: tuple[str, ...]
) -> None:
    await world.fund()
    await world.approved(person)
    answer = await world.send_result(await world.released(), data)
    assert answer.status_code == 422 and answer.json()["code"] == "payout.result_unreadable"
    assert all(word in answer.json()["detail"] for word in words), answer.text


async def test_unreadable_results(world: World, person: Person) -> None:
    await world.fund()
    await world.approved(person)
    batch = await world.released()
    for data in (b"", b"a,b\n1,2\n", b"PK\x03\x04nonsense", b"\xff\xfe\x00"):
        answer = await world.send_result(batch, data)
        assert answer.status_code == 422 and answer.json()["code"] == "payout.result_unreadable", data


@pytest.mark.feature("N.05")
async def test_a_failed_transfer_goes_to_a_new_card(world: World, person: Person) -> None:
    await world.fund()
    claim = await world.approved(person)
    batch = await world.released()
    rows = await world.result_rows(batch)
    path, card = f"/claims/{claim['id']}/payee", card_number(777)
    body = {"card_number": card, "bank_name": "江苏银行"}
    assert (await world.client.post(path, person.actor, json=body)).json()["code"] == "payout.payee_fixed"
    await world.send_result(batch, world.result_file(rows, status="退票", reason="户名不符"))
    failed = await world.read(person.actor, claim)
    assert failed["status"] == "payment_failed" and failed["payout"]["failure"] == "户名不符"
    assert world.words((await world.events("claims.payout_failed.v1"))[0].data["reason"]) == "户名不符"
    assert (failed["timeline"][-2]["node"], failed["timeline"][-2]["outcome"]) == ("payment", "转账失败")
    assert {step["outcome"] for step in failed["timeline"] if step["action"] == "agreed"} == {"同意"}
    ledger = await world.ledger()
    assert ledger["accounts"]["claims_payable"] == "-460.00" and ledger["accounts"]["bank"] == "100000.00"

    wrong = await world.client.post(path, person.actor, json={**body, "card_number": card[:-1] + "x"})
    assert wrong.status_code == 422 and wrong.json()["code"] == "claim.card_invalid"
    answer = await world.client.post(path, person.actor, json=body)
    assert answer.status_code == 200 and answer.json()["card"].endswith(card[-4:]) and card not in answer.text
    waits = await world.read(person.actor, claim)
    assert (waits["status"], waits["reason"], waits["payout"]["status"]) == ("approved", None, "waiting")
    assert waits["payee"]["card"] == waits["payout"]["card"] == mask_bank_card(card)
    assert {f["value"] for f in waits["fields"] if f["code"] == "bank_card"} <= {mask_bank_card(card)}
    second = await world.released()
    rows = await world.result_rows(second)
    assert rows[0][1] == card
    assert (await world.send_result(second, world.result_file(rows))).json()["paid"] == 1
    # the first batch's answer again, and a contradiction of it
    first = [[rows[0][0], card_number(person.serial), rows[0][2]]]
    assert (await world.send_result(batch, world.result_file(first, status="失败"))).json()["repeated"] == 1
    answer = await world.send_result(batch, world.result_file(first))
    assert answer.json()["errors"][0]["code"] == "result.contradicts"
    assert (await world.read(person.actor, claim))["status"] == "paid"
    ledger = await world.ledger()
    assert ledger["accounts"]["bank"] == "99540.00" and ledger["accounts"]["in_transit"] == "0.00"


async def test_entries_are_listed(world: World, person: Person) -> None:
    await world.fund()
    await world.approved(person)
    page = (await world.client.get("/ledger/entries?limit=3", world.staff("payout_maker"))).json()
    assert len(page["items"]) == 3 and page["next_cursor"]
    rest = await world.client.get(
        f"/ledger/entries?cursor={page['next_cursor']}", world.staff("payout_maker")
    )
    entries = page["items"] + rest.json()["items"]
    assert len(entries) == 4
    assert sum(Decimal(e["debit"]) - Decimal(e["credit"]) for e in entries) == 0


@pytest.mark.feature("N.05")
async def test_the_database_refuses_an_unbalanced_posting_and_any_change(world: World) -> None:
    await world.fund()
    add = """INSERT INTO ledger_entry (tenant_id, id, created_at, posting_id, fund, account, debit, credit)
      SELECT tenant_id, gen_random_uuid(), now(), id, fund, 'bank', 1, 0 FROM ledger_posting LIMIT 1"""
    for statement in (add, "UPDATE ledger_entry SET debit = 1", "DELETE FROM ledger_posting"):
        with pytest.raises(DBAPIError):
            async with world.client.context.db.transaction(world.tenant.id) as session:
                await session.execute(unscoped(text(statement), why="what the database must refuse"))
    assert (await world.ledger())["accounts"]["bank"] == "100000.00"
