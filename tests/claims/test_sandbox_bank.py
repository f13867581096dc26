"""The sandbox's bank: a batch file in, the union's result file out, in local runs only."""

from datetime import date
from decimal import Decimal

import pytest

from claims.payouts.files import read_rows, write_csv, write_xlsx
from claims.payouts.rules import Head, batch_rows, find_heading, read_answers
from claims.sandbox.rules import Outcome, answer, payments
from common.clock import today
from common.testing import Client

from ..pack.packs import CODES, pack_of
from .test_payouts_of_unions import LINES
from .world import Person, World

HEAD = Head("B20260101000001", 2, Decimal("1660.50"), "839010188900024409", "工会", date(2026, 1, 1))


@pytest.mark.feature("N.05")
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    ("outcome", "said"),
    [("paid", ["paid", "paid"]), ("failed", ["failed", "failed"]), ("first_failed", ["failed", "paid"])],
)
def test_the_answer_of_each_unions_bank_is_understood(code: str, outcome: Outcome, said: list[str]) -> None:
    bank = pack_of(code).bank
    for write in (write_csv, write_xlsx):
        rows = [
            cells
            for _, cells in read_rows(bank.batch, write(bank.batch, batch_rows(bank.batch, HEAD, LINES)))
        ]
        found = payments(bank.batch, rows)
        assert [one["payout_number"] for one in found] == [line.payout_number for line in LINES]
        answered = list(
            read_rows(bank.result, write_csv(bank.result, answer(bank.result, found, outcome, today())))
        )
        place = find_heading(bank.result, answered)
        assert place is not None
        answers, faults = read_answers(
            bank.result, answered[place][1], answered[place + 1 :], LINES, until=today()
        )
        assert not faults and [one.outcome for one in answers] == said


@pytest.mark.feature("N.05", "B.09")
async def test_a_batch_goes_to_the_sandboxs_bank_and_back(world: World, person: Person) -> None:
    await world.fund()
    await world.approved(person)
    batch = await world.released()
    maker = world.staff("payout_maker")
    file = await world.client.get(f"/payout-batches/{batch['id']}/file", maker)
    path, headers = "/sandbox/bank-results", {"X-Tenant": world.tenant.code}
    failed = await world.client.post(f"{path}?outcome=failed", content=file.content, headers=headers)
    assert failed.status_code == 200, failed.text
    booked = (await world.send_result(batch, failed.content)).json()
    assert (booked["failed"], booked["paid"]) == (1, 0)


async def test_what_is_no_batch_is_refused_in_words(world: World) -> None:
    headers = {"X-Tenant": world.tenant.code}
    for data in (b"", b"PK\x03\x04", "姓名,金额\r\n张三,很多".encode(), b"\xff\xfe\x00"):
        answer = await world.client.post("/sandbox/bank-results", content=data, headers=headers)
        assert answer.status_code == 422 and answer.json()["code"] == "sandbox.not_a_batch"
        assert "支付批次" in answer.json()["detail"]


async def test_there_is_no_such_bank_outside_local_runs(
    world: World, claims: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims.context.settings, "environment", "production")
    answer = await world.client.post(
        "/sandbox/bank-results", content=b"x", headers={"X-Tenant": world.tenant.code}
    )
    assert answer.status_code == 404 and answer.json()["code"] == "sandbox.closed"
