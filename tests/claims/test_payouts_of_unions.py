"""Payouts as each union has them: its bank's files, its fund, its schedule; a member's own payouts."""

import csv
import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from claims.payouts.batches.schedule import prepare_batches
from claims.payouts.files import read_rows, write_csv, write_xlsx
from claims.payouts.rules import Head, Line, batch_rows, find_heading, read_answers
from claims.reconciliation.rules import find_heading as statement_heading
from claims.reconciliation.rules import read_statement
from common.clock import now, set_to, today
from common.contracts.enrollment import ContributionReceived
from common.contracts.pack import TenantPack
from common.ids import new_id

from ..pack.packs import CODES, pack_of
from .test_beijing import hospital
from .test_zhejiang import PRODUCT, stay, subsidy
from .world import World, card_number

Union = Callable[[str], Awaitable[World]]
LINES = [
    Line(1, "P20260101000001", "6228450000000000011", "许晓霞", "无锡农商银行", Decimal("460.00"), "20260101000001"),
    Line(2, "P20260101000002", "6228450000000000029", "王芳", "江苏银行", Decimal("1200.50"), "20260101000002"),
]  # fmt: skip


@pytest.mark.feature("N.05")
@pytest.mark.parametrize("code", CODES)
def test_the_banks_files_of_each_union(code: str) -> None:
    """What goes to the bank is read back from its own layout, and its answer finds every line."""
    bank = pack_of(code).bank
    head = Head("B20260101000001", 2, Decimal("1660.50"), "839010188900024409", "工会", today())
    for write in (write_csv, write_xlsx):
        data = write(bank.batch, batch_rows(bank.batch, head, LINES))
        layout = bank.batch.model_copy(update={"format": "csv"})
        rows = list(read_rows(layout, data))  # type: ignore[arg-type]
        titles = [column.title for column in bank.batch.columns]
        place = next(n for n, (_, cells) in enumerate(rows) if cells == titles)
        assert place == (2 if bank.batch.summary else 0)
        assert [cells[titles.index("金额")] for _, cells in rows[place + 1 :]] == ["460.00", "1200.50"]
        if bank.batch.summary:
            assert {"2", "1660.50", "B20260101000001"} <= set(rows[1][1])
    answer = _answer_file(pack_of(code), ["success", "failure"])
    rows = list(read_rows(bank.result, answer))
    place = find_heading(bank.result, rows)
    assert place is not None
    answers, faults = read_answers(bank.result, rows[place][1], rows[place + 1 :], LINES, until=today())
    assert not faults and [a.outcome for a in answers] == ["paid", "failed"]


def _answer_file(pack: TenantPack, outcomes: list[str]) -> bytes:
    layout, target = pack.bank.result, io.StringIO()
    writer = csv.writer(target, delimiter=layout.delimiter, lineterminator="\r\n")
    writer.writerow([column.title for column in layout.columns])
    for sent, outcome in zip(LINES, outcomes, strict=True):
        values = {
            "payout_number": sent.payout_number, "account_number": sent.account_number, "amount": f"{sent.amount}",
            "status": getattr(layout, outcome)[0], "reason": "户名不符", "bank_serial": f"S{sent.sequence}",
            "paid_on": f"{today():%Y%m%d}",
        }  # fmt: skip
        writer.writerow([values.get(column.field, "") for column in layout.columns])
    return target.getvalue().encode(layout.encoding)


@pytest.mark.feature("N.05")
@pytest.mark.parametrize("code", CODES)
def test_the_account_statement_of_each_union(code: str) -> None:
    layout = pack_of(code).bank.statement
    assert layout is not None
    titles = {column.field: column.title for column in layout.columns}
    rows: list[tuple[int, list[str]]] = [(1, ["某银行"]), (2, list(titles.values()))]
    for number, amount in ((3, Decimal("100.00")), (4, Decimal("-2.50"))):
        values = {
            "booked_on": today().isoformat(), "serial": f"S{number}", "memo": "摘要", "balance": "97.50",
            "income": str(amount) if amount > 0 else "", "expense": str(-amount) if amount < 0 else "",
            "amount": str(amount),
        }  # fmt: skip
        rows.append((number, [values.get(field, "") for field in titles]))
    place = statement_heading(layout, rows)
    assert place == 1
    lines, faults = read_statement(layout, rows[place][1], rows[place + 1 :])
    assert not faults and [line.amount for line in lines] == [Decimal("100.00"), Decimal("-2.50")]
    assert [line.balance for line in lines] == [Decimal("97.50")] * 2


async def _fund(world: World, fund: str, product: str, amount: str) -> None:
    event = ContributionReceived(
        contribution_id=new_id(), order_id=new_id(), order_number="20260101000009", fund=fund, product_code=product,
        unit_id=world.unit_id, amount=Decimal(amount), received_on=today(),
    )  # fmt: skip
    await world.tell(event)


@pytest.mark.feature("B.09")
async def test_paid_to_the_card_of_the_application_by_itself(union: Union) -> None:
    """补助发放: decided, in the next batch by itself, released by two people, to the card the application names."""
    zhejiang = await union("zhejiang")
    person = await zhejiang.cover(product_code=PRODUCT)
    named = {"kind": "insured", "card_number": card_number(555), "bank_name": "中国工商银行"}
    claim = await subsidy(zhejiang, person, *await stay(zhejiang, person, "3300000001"), payee=named)
    assert (await zhejiang.send_in(person.actor, claim)).json()["status"] == "approved"
    monday = now().replace(hour=8, minute=30) + timedelta(days=(7 - now().weekday()) % 7)
    with set_to(monday):  # 16:30 in Shanghai, behind the pack's 16:00
        await prepare_batches(zhejiang.client.context, zhejiang.tenant.id)
    maker, checker = zhejiang.staff("payout_maker"), zhejiang.staff("payout_checker")
    (batch,) = (await zhejiang.client.get("/payout-batches", maker)).json()["items"]
    path = f"/payout-batches/{batch['id']}"
    assert (await zhejiang.client.post(f"{path}/confirm", maker)).status_code == 200
    await _fund(zhejiang, "medical", PRODUCT, "1000000.00")
    answer = await zhejiang.client.post(f"{path}/release", checker)
    assert answer.status_code == 409 and answer.json()["code"] == "payout.balance_too_low", "the floor holds"
    await _fund(zhejiang, "medical", PRODUCT, "1200.00")
    assert (await zhejiang.client.post(f"{path}/release", checker)).status_code == 200
    file = (await zhejiang.client.get(f"{path}/file", maker)).content.decode("gb18030").splitlines()
    assert file[0].startswith("批次号,总笔数,总金额") and file[1].split(",")[1:3] == ["1", "1200.00"]
    number, card, name, _, amount = file[3].split(",")[1:6]
    assert (card, name, amount) == (card_number(555), person.name, "1200.00")
    result = f"付款编号,金额,处理结果,失败原因,交易流水号,入账日期\r\n{number},1200.00,成功,,S1,{today():%Y%m%d}\r\n"
    done = (await zhejiang.send_result(batch, result.encode("gb18030"))).json()
    assert done["paid"] == 1 and done["status"] == "settled"
    assert (await zhejiang.read(person.actor, claim))["status"] == "paid"
    (told,) = await zhejiang.events("claims.payout_completed.v1")
    assert told.data["payout"]["bank_name"] == "中国工商银行"


@pytest.mark.feature("E.05")
async def test_a_member_of_the_city_office_sees_their_payouts(union: Union) -> None:
    beijing = await union("beijing")
    product = pack_of("beijing").products[0]
    person = await beijing.cover(product_code=product.code)
    other = await beijing.cover("李雷", product_code=product.code)
    claim = await hospital(beijing, person)
    assert (await beijing.send_in(person.actor, claim)).status_code == 200
    seen = (await beijing.client.get("/my/payouts", person.actor)).json()
    assert [item["claim_id"] for item in seen["items"]] == [claim["id"]]
    assert seen["items"][0]["status"] == "waiting" and seen["paid"] == "0.00"
    assert seen["since"] == today().replace(year=today().year - 4).isoformat()
    assert (await beijing.client.get("/my/payouts", other.actor)).json()["items"] == []
    assert (await beijing.client.get("/my/payouts", beijing.staff("payout_maker"))).status_code == 403
