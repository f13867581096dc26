"""The bank's statement beside the books: every line matched, explained or open, and the day closed at zero."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.reconciliation.job import match_statements
from claims.reconciliation.models import BankLine, BankStatement
from claims.reconciliation.rules import Money, match_up, read_statement
from common.clock import today
from common.contracts.pack import TenantPack
from common.ids import new_id

from .world import FUND, Person, World

OTHER = "reconciliation"


async def standing(world: World, **query: Any) -> dict[str, Any]:
    asked = "".join(f"&{name}={value}" for name, value in query.items())
    answer = await world.client.get(f"/reconciliation/standing?fund={FUND}{asked}", world.staff("finance"))
    assert answer.status_code == 200, answer.text
    found = dict(answer.json())
    assert found["residual"] == "0.00", found
    return found


async def lines(world: World, state: str = "") -> list[dict[str, Any]]:
    query = f"&state={state}" if state else ""
    answer = await world.client.get(f"/reconciliation/lines?fund={FUND}{query}", world.staff("finance"))
    return list(answer.json()["items"])


async def paid(world: World, count: int = 1) -> tuple[list[list[str]], dict[str, Any]]:
    """A contribution and paid claims; the result's rows and the batch."""
    await world.fund()
    for number in range(count):
        await world.approved(await world.cover(), str(number))
    batch = await world.released()
    rows = await world.result_rows(batch)
    await world.send_result(batch, world.result_file(rows))
    return rows, batch


@pytest.mark.feature("N.05")
async def test_a_day_closes_at_zero(world: World) -> None:
    rows, _ = await paid(world, 2)
    (first, _, _), (second, _, _) = rows
    data = world.statement(
        ("C1", "100000.00", "互助金 20260101000001"),
        (f"S{first}", "-460.00", ""),
        ("X2", "-460.00", f"给付{second}"),
    )
    answer = await world.send_statement(data)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["lines"], answer.json()["matched"], answer.json()["repeated"]) == (3, 3, 0)
    found = await standing(world)
    assert found["reconciled"] and found["bank"] == found["book"] == "99080.00"
    again = (await world.send_statement(data)).json()
    assert (again["repeated"], again["matched"]) == (3, 0)
    assert (await standing(world))["reconciled"] and len(await lines(world, "matched")) == 3


@pytest.mark.feature("N.05")
async def test_the_bank_books_a_batch_as_one_total(world: World) -> None:
    _, batch = await paid(world, 3)
    data = world.statement(("C1", "100000.00", "互助金"), ("T1", "-1380.00", f"代发 {batch['number']}"))
    assert (await world.send_statement(data)).json()["matched"] == 2
    assert (await standing(world))["reconciled"]


@pytest.mark.feature("N.05")
async def test_every_difference_is_open_until_it_is_explained(world: World) -> None:
    """The bank's fee and a contribution that it shows tomorrow: listed, explained, then the day is closed."""
    rows, _ = await paid(world)
    data = world.statement((f"S{rows[0][0]}", "-460.00", ""), ("F1", "-2.50", "手续费"), opening="0.00")
    await world.send_statement(data)
    found = await standing(world)
    assert not found["reconciled"] and (found["open_lines"], found["open_entries"]) == (1, 1)
    assert (found["bank_only"], found["book_only"], found["difference"]) == (
        "-2.50",
        "100000.00",
        "-100002.50",
    )
    (fee,) = await lines(world, "open")
    assert fee["memo"] == "手续费" and fee["rest"] == "-2.50" and fee["counterparty"] == "许**"
    finance = world.staff("finance")
    path = f"/reconciliation/lines/{fee['id']}/explanation"
    assert (await world.client.send("PUT", path, finance, json={"text": ""})).status_code == 422
    answer = await world.client.send("PUT", path, finance, json={"text": "银行手续费，月末入账"})
    assert answer.json()["state"] == "explained"
    (entry,) = (await world.client.get(f"/reconciliation/entries?fund={FUND}&state=open", finance)).json()[
        "items"
    ]
    assert entry["amount"] == "100000.00" and entry["cause_kind"] == "contribution"
    path = f"/reconciliation/entries/{entry['id']}/explanation"
    answer = await world.client.send("PUT", path, finance, json={"text": "在途，次日到账"})
    assert answer.status_code == 204
    found = await standing(world)
    assert found["reconciled"] and found["difference"] == "-100002.50"
    tomorrow = world.statement(
        ("C1", "100000.00", "20260101000001"), opening="-462.50", day=today() + timedelta(days=1)
    )
    assert (await world.send_statement(tomorrow)).json()["matched"] == 1
    found = await standing(world)
    assert found["timing"] == "-100000.00" and found["book_only"] == "0.00"
    later = await standing(world, day=today() + timedelta(days=1))
    assert later["reconciled"] and later["difference"] == "-2.50"


@pytest.mark.feature("N.05")
async def test_what_is_booked_later_finds_its_line(world: World) -> None:
    await world.send_statement(world.statement(("C1", "100000.00", "团体参保 20260101000001")))
    assert (await standing(world))["open_lines"] == 1
    await world.fund()
    await match_statements(world.client.context, world.tenant.id)
    assert (await standing(world))["reconciled"]


@pytest.mark.feature("N.05")
async def test_matched_by_hand(world: World) -> None:
    for amount in ("100.00", "150.00"):
        await world.fund(amount)
    await world.send_statement(world.statement(("C1", "250.00", "两笔互助金合并汇入")))
    (line,) = await lines(world)
    finance = world.staff("finance")
    entries = (await world.client.get(f"/reconciliation/entries?fund={FUND}", finance)).json()["items"]
    path = f"/reconciliation/lines/{line['id']}/matches"
    body = {"entry_ids": [entry["id"] for entry in entries]}
    first = await world.client.post(path, finance, json={"entry_ids": [str(new_id())]})
    assert first.status_code == 409 and first.json()["code"] == "reconciliation.already_matched"
    assert (await world.client.post(path, finance, json=body)).json()["state"] == "matched"
    assert (await world.client.post(path, finance, json=body)).status_code == 409
    assert (await standing(world))["reconciled"]
    await world.fund("900.00")
    await world.send_statement(world.statement(("C2", "800.00", "金额不符"), opening="250.00"))
    (line,) = await lines(world, "open")
    (entry,) = (await world.client.get(f"/reconciliation/entries?fund={FUND}", finance)).json()["items"]
    path = f"/reconciliation/lines/{line['id']}/matches"
    answer = await world.client.post(path, finance, json={"entry_ids": [entry["id"]]})
    assert answer.status_code == 422 and answer.json()["code"] == "reconciliation.amounts_differ"


@pytest.mark.feature("N.05")
async def test_a_statement_that_leaves_lines_out_is_seen(world: World) -> None:
    """The bank's own balance says that something is missing."""
    await world.fund()
    await world.send_statement(
        world.statement(("C1", "100000.00", ""), opening="0.00", day=today() - timedelta(1))
    )
    await world.send_statement(world.statement(("Z", "1.00", "结息"), opening="99000.00"))
    answer = await world.client.get(f"/reconciliation/standing?fund={FUND}", world.staff("finance"))
    assert answer.json()["residual"] == "-1000.00" and not answer.json()["reconciled"]


async def test_statements_that_are_none(world: World) -> None:
    for data, code in (
        (b"", "reconciliation.statement_empty"),
        (b"a,b\n1,2\n", "reconciliation.statement_unreadable"),
        (b"PK\x03\x04nonsense", "reconciliation.statement_unreadable"),
        (world.statement(), "reconciliation.statement_empty"),
        (world.statement(("", "1.00", "")), "reconciliation.statement_refused"),
    ):
        answer = await world.send_statement(data)
        assert answer.status_code == 422 and answer.json()["code"] == code, (data[:20], answer.text)
    answer = await world.client.post(
        "/reconciliation/statements?fund=nothing", world.staff("finance"), content=b"x",
        headers={"Content-Type": "text/csv"},
    )  # fmt: skip
    assert answer.json()["code"] == "payout.fund_unknown"
    assert await world.count(BankStatement) == 0 and await world.count(BankLine) == 0


async def test_the_same_key_imports_once(world: World, person: Person) -> None:
    data, actor = world.statement(("C1", "5.00", "")), world.staff("finance")
    first, second = [
        (await world.send_statement(data, actor=actor, once="statement-1")).json() for _ in range(2)
    ]
    assert first["id"] == second["id"] and await world.count(BankStatement) == 1


def test_one_signed_amount_and_two_columns(wuxi_pack: TenantPack) -> None:
    layout = wuxi_pack.bank.statement
    assert layout is not None
    heading = ["交易日期", "收入金额", "支出金额", "交易流水号", "摘要"]
    rows = [
        (2, ["20260131", "1,000.50", "", "A1", ""]),
        (3, ["2026/2/1", "", "2.5", "A2", "费"]),
        (4, ["合计"]),
    ]
    found, faults = read_statement(layout, heading, rows)
    assert [line.amount for line in found] == [Decimal("1000.50"), Decimal("-2.50")] and not faults
    _, faults = read_statement(
        layout, heading, [(2, ["x", "1", "", "A", ""]), (3, ["20260131", "1.234", "", "A", ""])]
    )
    assert [fault.code for fault in faults] == ["statement.date", "statement.amount"]


def money_of(number: int, amount: int, day: int, serial: int, mark: int, batch: int) -> Money:
    return Money(
        UUID(int=number), today() + timedelta(days=day), Decimal(amount), f"S{serial}" if serial else "",
        frozenset({f"P{mark:08d}"} if mark else ()), f"B{batch:08d}" if batch else "",
    )  # fmt: skip


PIECE = st.tuples(
    st.integers(-3, 3).filter(bool),
    st.integers(0, 6),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 2),
)


@given(st.lists(PIECE, max_size=12), st.lists(PIECE, max_size=12))
def test_nothing_is_matched_twice_and_sums_agree(first: list[Any], second: list[Any]) -> None:
    of_bank = [money_of(100 + n, *piece) for n, piece in enumerate(first)]
    of_books = [money_of(500 + n, *piece) for n, piece in enumerate(second)]
    by_id = {piece.id: piece for piece in (*of_bank, *of_books)}
    found = match_up(of_bank, of_books)
    assert len({match.line for match in found}) == len(found)
    entries = [entry for match in found for entry in match.entries]
    assert len(set(entries)) == len(entries)
    for match in found:
        assert sum(by_id[entry].amount for entry in match.entries) == by_id[match.line].amount
    assert {m.line for m in match_up(of_bank[::-1], of_books[::-1])} <= {line.id for line in of_bank}
