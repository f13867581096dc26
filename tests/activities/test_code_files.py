"""Codes from a file: good lines are imported once, the others come back with the reason, whatever is killed."""

import asyncio
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.stock.files import tasks
from activities.stock.files.reading import columns_of, read_code_file
from activities.stock.formats import matches
from activities.stock.watching import watch_stock
from common import clock
from common.clock import today
from common.sheets import SheetWriter
from common.tasks import TaskKind, TaskRun
from common.text import Text

from .conftest import Fair
from .working import ended, result_rows

SOON, PAST = str(today() + timedelta(days=20)), "2020-01-31"


def workbook(*rows: tuple[str, ...]) -> bytes:
    target = io.BytesIO()
    with SheetWriter(target) as sheet:
        for row in rows:
            sheet.row(row)
    return target.getvalue()


async def upload(fair: Fair, campaign: str, content: bytes, **options: Any) -> httpx.Response:
    return await fair.client.post(
        f"/campaigns/{campaign}/code-files", fair.officer, content=content,
        headers={"Content-Type": "application/octet-stream"}, **options,
    )  # fmt: skip


async def imported(fair: Fair, campaign: str, content: bytes) -> tuple[dict[str, Any], list[list[str]]]:
    answer = await upload(fair, campaign, content)
    assert answer.status_code == 202, answer.text
    task = await ended(fair, answer.json()["id"])
    assert task["state"] == "done", task
    return task, await result_rows(fair, task["id"])


@pytest.mark.feature("E.04")
async def test_good_lines_are_imported_and_the_others_come_back(fair: Fair) -> None:
    campaign = await fair.drafted(code_format="AAAA-9999")
    await fair.import_codes(campaign, "HAVE-0001")
    content = workbook(
        ("序号", "卡号", "卡密", "有效期至"),
        ("1", "GOOD-0001", "s3cret", SOON),
        ("2", "GOOD-0002", "", ""),
        ("3", "GOOD-0001", "", ""),
        ("4", "HAVE-0001", "", ""),
        ("5", "bad-12", "", ""),
        ("6", "", "orphan", ""),
        ("7", "GOOD-0003", "", PAST),
        ("8", "GOOD-0004", "", "soon"),
    )
    task, rows = await imported(fair, campaign, content)
    assert task["counts"] == {"imported": 2, "doubles": 2, "faulty": 4}
    assert rows[0][0] == "共 8 行，导入 2 个，未导入 6 行"
    assert [(row[0], row[1], row[2]) for row in rows[2:]] == [
        ("4", "GOOD-0001", "与第 2 行重复。"),
        ("5", "HAVE-0001", "库存中已有此码。"),
        ("6", "bad-12", "不符合活动规定的格式。"),
        ("7", "", "没有填写电子码。"),
        ("8", "GOOD-0003", "有效期已过。"),
        ("9", "GOOD-0004", "有效期不是日期，请写成 2026-12-31。"),
    ]
    assert await fair.stock(campaign) == (3, 3)
    await fair.client.post(f"/campaigns/{campaign}/publish", fair.officer)
    member = fair.member()
    first = await fair.rewarded(campaign, member)
    assert (first["code"], first["pin"], first["valid_until"]) == ("GOOD-0001", "s3cret", SOON), (
        "what expires first is given first"
    )
    assert (await fair.client.get("/rewards", member)).json()["items"] == [first]
    (event,) = await fair.said("activities.reward_issued.v1")
    said = fair.tenant.keys.open(event.data["code"]["ciphertext"], context="code")
    assert said == "GOOD-0001（密码 s3cret）"


async def test_expired_codes_are_not_given(fair: Fair) -> None:
    campaign = await fair.drafted(closes_on=str(today() + timedelta(days=60)))
    await imported(fair, campaign, f"电子码,有效期\nONE,{SOON}\n".encode())
    await fair.client.post(f"/campaigns/{campaign}/publish", fair.officer)
    with clock.set_to(clock.now() + timedelta(days=30)):
        answer = await fair.receive(campaign, fair.member())
        assert answer.json()["code"] == "campaign.none_left"
        assert await fair.stock(campaign) == (1, 0)


@pytest.mark.parametrize("content", [
    "电子码\nA1\nA2\n".encode("gb18030"), "\ufeffcode;pin\nA1;x\nA2;y\n".encode(), b"A1\r\nA2\r\n",
    "电子码\tPIN\nA1\tx\nA2\t\n".encode(),
], ids=["gb18030", "bom-semicolon", "no-heading", "tab"])  # fmt: skip
async def test_tables_of_text_in_the_usual_forms(fair: Fair, content: bytes) -> None:
    campaign = await fair.drafted()
    task, _ = await imported(fair, campaign, content)
    assert task["counts"] == {"imported": 2, "doubles": 0, "faulty": 0}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"%PDF-1.7 nothing", "codes.file_unreadable"),
        (b"PK\x03\x04 broken", "file.damaged"),
        (b"\n\n,\n", "codes.missing"),
        ("电子码\n".encode(), "codes.missing"),
    ],
)
async def test_files_that_are_none_say_so(fair: Fair, content: bytes, code: str) -> None:
    campaign = await fair.drafted()
    answer = await upload(fair, campaign, content)
    task = await ended(fair, answer.json()["id"])
    assert (task["state"], task["problem"]["code"]) == ("failed", code)
    assert task["problem"]["zh"] and task["problem"]["en"]


async def test_refusals_before_the_file_is_kept(fair: Fair) -> None:
    goods = await fair.drafted(gives="goods", place="一层")
    assert (await upload(fair, goods, b"A1")).json()["code"] == "campaign.gives_other"
    campaign = await fair.drafted()
    assert (await upload(fair, campaign, b"")).json()["code"] == "upload.no_file"
    assert (await upload(fair, campaign, b"x" * (8 * 1024 * 1024 + 1))).status_code == 413
    twice = [await upload(fair, campaign, b"A1\n", once="file-0001") for _ in range(2)]
    assert twice[0].json()["id"] == twice[1].json()["id"]
    other = await upload(fair, campaign, b"A2\n", once="file-0001")
    assert other.json()["code"] == "idempotency.key_reused"


async def test_a_run_that_dies_goes_on_and_imports_nothing_twice(
    fair: Fair, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = await fair.drafted()
    monkeypatch.setattr(tasks, "CHUNK", 100)
    died: list[int] = []
    whole = tasks.import_file

    async def dying(run: TaskRun) -> None:
        """End like a lost worker after a few chunks, twice, once behind the last chunk."""
        if len(died) < 2:
            died.append(1)
            calls = 0
            chunk = run.chunk

            def counted() -> Any:
                nonlocal calls
                calls += 1
                if calls > 3 * len(died):
                    raise RuntimeError("the worker is gone")
                return chunk()

            monkeypatch.setattr(run, "chunk", counted)
        await whole(run)

    kind = TaskKind("codes.import", Text("x", "x"), tasks.MANAGE, dying)
    monkeypatch.setattr("tests.activities.working.TASKS", (kind,))
    content = "\n".join(["电子码", *(f"C-{n:05d}" for n in range(700)), "C-00001"]).encode()
    task, rows = await imported(fair, campaign, content)
    assert len(died) == 2
    assert task["counts"] == {"imported": 700, "doubles": 1, "faulty": 0}
    assert await fair.stock(campaign) == (700, 700)
    assert [row[:2] for row in rows[2:]] == [["702", "C-00001"]]


async def test_two_files_at_once_bring_each_code_once(fair: Fair) -> None:
    campaign = await fair.drafted()
    content = "\n".join(f"C-{n:05d}" for n in range(3000)).encode()
    uploads = [await upload(fair, campaign, content) for _ in range(2)]
    done = [await ended(fair, one.json()["id"]) for one in uploads]
    assert sum(task["counts"]["imported"] for task in done) == 3000
    assert sum(task["counts"]["doubles"] for task in done) == 3000
    assert await fair.stock(campaign) == (3000, 3000)


async def test_codes_that_the_platform_makes(fair: Fair) -> None:
    campaign = await fair.drafted()
    path = f"/campaigns/{campaign}/codes/make"
    answer = await fair.client.post(path, fair.officer, json={"count": 200}, once="make-0001")
    again = await fair.client.post(path, fair.officer, json={"count": 200}, once="make-0001")
    assert answer.json() == again.json() == {"codes": 200, "codes_left": 200}
    assert (await fair.client.post(path, fair.officer, json={"count": 0})).status_code == 422
    await fair.client.post(f"/campaigns/{campaign}/publish", fair.officer)
    codes = {(await fair.rewarded(campaign, fair.member()))["code"] for _ in range(3)}
    assert all(len(code) == 14 and not set(code) & set("IO01") for code in codes) and len(codes) == 3


@pytest.mark.feature("E.04")
async def test_staff_are_told_once_that_the_stock_runs_low(fair: Fair) -> None:
    campaign = await fair.published(codes=4, low_stock=3)

    async def told() -> int:
        await asyncio.gather(*(watch_stock(fair.client.context, fair.tenant.id) for _ in range(3)))
        return len(await fair.said("activities.codes_running_low.v1"))

    assert await told() == 0
    await fair.rewarded(campaign, fair.member())
    assert await told() == 1
    assert await told() == 1
    (event,) = await fair.said("activities.codes_running_low.v1")
    assert (event.data["left"], event.data["account_id"]) == (3, str(fair.officer.id))
    await fair.import_codes(campaign, "MORE-1")
    assert await told() == 1
    await fair.rewarded(campaign, fair.member())
    assert await told() == 2


@given(st.text("9A*-._/QX", max_size=12), st.data())
def test_a_code_made_of_a_format_has_it(form: str, data: st.DataObject) -> None:
    pools = {"9": "0123456789", "A": "ABCXYZ", "*": "09AZ"}
    code = "".join(data.draw(st.sampled_from(pools.get(c, c))) for c in form)
    assert matches(code, form)
    assert not form or not matches(code + "0", form)
    if "9" in form:
        place = form.index("9")
        assert not matches(code[:place] + "x" + code[place + 1 :], form)


@given(st.permutations(["电子码", "卡密", "有效期至", "备注"]))
def test_columns_are_found_by_their_headings(headings: list[str]) -> None:
    found = columns_of(headings)
    assert {name: headings[place] for name, place in found.items()} == {
        "code": "电子码", "pin": "卡密", "expires": "有效期至",
    }  # fmt: skip


def test_a_number_that_lost_its_digits_is_named(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "codes.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "电子码")
        sheet.write_number(1, 0, 12345678901234567890)
        sheet.write_number(2, 0, 1234567890)
    found = read_code_file(path, form="", today=date(2026, 1, 1))
    assert [one.reason for one in found.left_out] == ["code.digits_lost"]
    assert [one.code for one in found.good] == ["1234567890"]
