"""The ways in of settlements: large files read in pieces, the watched prefix, the bus, the national list; deadlines."""

import asyncio
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update

from claims.deadlines.job import watch_deadlines
from claims.feed import importing
from claims.feed.job import fetch_drops, read_files
from claims.feed.models import FeedFile, FeedLine
from claims.feed.settlement_list import from_settlement_list
from claims.feed.store import FeedStore
from claims.intake.models import Claim
from claims.payouts.models import Payout
from common.auth import Actor
from common.clock import now, set_to, today
from common.contracts.settlement import LinesReported, SettledLine
from common.ids import new_id
from common.sheets import SheetWriter, open_workbook
from common.storage.store import object_name

from .test_feed import as_csv, line, states
from .world import Person, World, id_number


async def only_file(world: World) -> dict[str, Any]:
    (file,) = (await world.client.get("/feed/files", world.staff("claims_checker"))).json()["items"]
    return dict(file)


def days(person: Person, count: int) -> list[dict[str, str]]:
    """Stays of a person that do not overlap."""
    return [
        line(person, f"{person.serial}-{n}", admission_date=(today() - timedelta(days=190 - 4 * n)).isoformat(),
             discharge_date=(today() - timedelta(days=188 - 4 * n)).isoformat())
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.feature("C.09")
async def test_received_at_once_read_by_the_worker_with_progress(world: World, person: Person) -> None:
    answer = await world.send_feed(as_csv(line(person, "1")))
    assert answer.status_code == 201
    file = answer.json()
    assert (file["state"], file["progress"], file["lines"]) == ("received", 0.0, 0)
    await read_files(world.client.context, world.tenant.id)
    file = await only_file(world)
    assert (file["state"], file["progress"], file["waiting"]) == ("read", 0.5, 1)
    await world.decide_feed()
    assert (await only_file(world))["progress"] == 1.0
    name = object_name(world.tenant.id, "feed", file["id"])
    assert name not in await FeedStore.of(world.client.context)._store.names(
        object_name(world.tenant.id, "feed")
    )


@pytest.mark.feature("C.09")
async def test_a_worker_that_dies_in_the_middle_leaves_the_rest_to_another(
    world: World, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 10)
    await world.send_feed(as_csv(*days(person, 25)))
    taken = 0
    original = importing.take_rows

    async def dying(*given: Any) -> None:
        nonlocal taken
        if taken == 2:
            raise asyncio.CancelledError
        taken += 1
        await original(*given)

    monkeypatch.setattr(importing, "take_rows", dying)
    with pytest.raises(asyncio.CancelledError):
        await read_files(world.client.context, world.tenant.id)
    file = await only_file(world)
    assert (file["state"], file["lines"]) == ("reading", 20) and 0 < file["progress"] < 1
    monkeypatch.setattr(importing, "take_rows", original)
    await read_files(world.client.context, world.tenant.id)
    assert (await only_file(world))["lines"] == 20, "the lease is not over yet"
    with set_to(now() + timedelta(minutes=3)):
        await asyncio.gather(*(read_files(world.client.context, world.tenant.id) for _ in range(2)))
    file = await only_file(world)
    assert (file["state"], file["lines"], file["accepted"], file["repeated"]) == ("read", 25, 25, 0)
    assert await world.count(FeedLine) == 25


@pytest.mark.feature("C.09")
async def test_a_reader_that_was_overtaken_leaves_the_file_to_the_other(
    world: World, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 10)
    await world.send_feed(as_csv(*days(person, 25)))

    async def other_reader_is_at(lines: int) -> None:
        async with world.client.context.db.transaction(world.tenant.id) as session:
            await session.execute(
                update(FeedFile).where(FeedFile.tenant_id == world.tenant.id).values(lines=lines)
            )

    original = importing.Reader._store

    async def overtaken(reader: Any, records: Any, position: int, read_bytes: int) -> bool:
        await other_reader_is_at(position + 10)
        return await original(reader, records, position, read_bytes)

    monkeypatch.setattr(importing.Reader, "_store", overtaken)
    await read_files(world.client.context, world.tenant.id)
    file = await only_file(world)
    assert (file["state"], file["accepted"]) == ("reading", 0)
    monkeypatch.setattr(importing.Reader, "_store", original)
    await other_reader_is_at(0)
    with set_to(now() + timedelta(minutes=3)):
        await read_files(world.client.context, world.tenant.id)
    file = await only_file(world)
    assert (file["state"], file["lines"], file["accepted"]) == ("read", 25, 25)


@pytest.mark.feature("C.09")
async def test_overlapping_files_and_corrected_lines_pay_once(world: World) -> None:
    people = [await world.cover("许晓霞") for _ in range(3)]
    lines = [line(person, str(person.serial)) for person in people]
    await world.feed(as_csv(*lines[:2]))
    second = (await world.feed(as_csv(*lines[1:]))).json()
    assert (second["accepted"], second["repeated"]) == (1, 1)
    await world.decide_feed()
    # the insurer corrects a figure: under the same id, and under a new one
    same = (await world.feed(as_csv(lines[0] | {"cash_paid": "2900.00"}))).json()
    other = (
        await world.feed(as_csv(lines[0] | {"cash_paid": "2900.00", "line_id": "C1", "receipt_number": "RX"}))
    ).json()
    await world.decide_feed()
    assert await states(world, same["id"]) == {"differs": 1}
    assert await states(world, other["id"]) == {"duplicate": 1}
    assert await world.count(Claim) == 3 and await world.count(Payout) == 3


async def test_a_corrected_name_or_number_is_looked_at_again(world: World, person: Person) -> None:
    file = (await world.feed(as_csv(line(person, "1", name="徐晓霞")))).json()
    await world.decide_feed()
    assert await states(world, file["id"]) == {"unmatched": 1}
    await world.feed(as_csv(line(person, "1")))
    await world.decide_feed()
    assert await states(world, file["id"]) == {"decided": 1} and await world.count(Claim) == 1


@pytest.mark.feature("C.09")
async def test_staff_of_a_branch_see_the_lines_of_their_people(world: World, person: Person) -> None:
    await world.fund()
    stranger = replace(person, serial=99, name="王芳")
    importer = world.staff("claims_checker", org_path="/xishan/")
    sent = await world.feed(as_csv(line(person, "1"), line(stranger, "2")), actor=importer)
    assert sent.status_code == 200, sent.text
    await world.decide_feed()
    lines = f"/feed/files/{sent.json()['id']}/lines"

    async def seen(actor: Actor) -> tuple[int, list[str], list[str]]:
        files = (await world.client.get("/feed/files", actor)).json()["items"]
        of_file = (await world.client.get(lines, actor)).json().get("items", [])
        lost = (await world.client.get("/feed/lines", actor)).json()["items"]
        assert [sum(file["states"].values()) for file in files] in ([], [len(of_file)])
        return len(files), sorted(item["line_id"] for item in of_file), [item["line_id"] for item in lost]

    near, far, whole = (world.staff("claims_checker", org_path=path) for path in ("/binhu/", "/xinwu/", ""))
    assert await seen(whole) == (1, ["1", "2"], ["2"])
    assert await seen(near) == (1, ["1"], [])
    assert await seen(far) == (0, [], [])
    assert (await world.client.get(lines, far)).status_code == 404
    assert (await world.client.get(lines.removesuffix("/lines"), far)).status_code == 404
    assert await seen(importer) == (1, ["1", "2"], ["2"]), "what they brought themselves they see whole"


@pytest.mark.feature("C.09")
async def test_a_line_without_a_claim_is_seen_by_the_branch_of_the_person(
    world: World, person: Person
) -> None:
    early = {"admission_date": (world.started - timedelta(days=20)).isoformat()}
    left = {"discharge_date": (world.started - timedelta(days=10)).isoformat()}
    await world.feed(as_csv(line(person, "1", **early, **left)))
    await world.decide_feed()
    for path, found in (("/binhu/", ["1"]), ("/xinwu/", [])):
        actor = world.staff("claims_checker", org_path=path)
        answer = await world.client.get("/feed/lines?state=not_covered", actor)
        assert [item["line_id"] for item in answer.json()["items"]] == found


@pytest.mark.feature("C.09")
async def test_files_dropped_into_the_watched_prefix(world: World, person: Person) -> None:
    store = FeedStore.of(world.client.context)
    bucket = await store._bucket()
    prefix = object_name(world.tenant.id, "feed-drop")
    await bucket.put_bytes(f"{prefix}/20260101.csv", as_csv(line(person, "1")))
    await bucket.put_bytes(f"{prefix}/bad.csv", b"a,b\n1,2\n")
    for _ in range(2):
        await fetch_drops(world.client.context, world.tenant.id)
        await read_files(world.client.context, world.tenant.id)
        await world.decide_feed()
    files = (await world.client.get("/feed/files", world.staff("claims_checker"))).json()["items"]
    found = {file["name"]: (file["origin"], file["state"], file["states"]) for file in files}
    assert found["20260101.csv"] == ("drop", "read", {"decided": 1})
    assert found["bad.csv"] == ("drop", "stopped", {})
    assert ["缺少列" in file["problem"] for file in files if file["problem"]] == [True]
    assert await bucket.names(prefix) == [] and len(files) == 2


@pytest.mark.feature("C.09")
async def test_lines_of_the_bus(world: World, person: Person) -> None:
    told = line(person, "1")
    facts = world.tenant.keys.sealed(orjson.dumps(told).decode(), context="settlement.line")
    event = LinesReported(batch_id=new_id(), lines=[SettledLine(line_id="1", facts=facts)])
    await world.tell(event, times=2)
    await world.tell(LinesReported(batch_id=event.batch_id, lines=event.lines))
    await world.decide_feed()
    file = await only_file(world)
    assert (file["origin"], file["accepted"], file["states"]) == ("bus", 1, {"decided": 1})
    await world.feed(as_csv(told))
    await world.decide_feed()
    assert await world.count(Payout) == 1, "the same line by file changes nothing"


async def test_a_line_that_cannot_be_read_stops_the_file_there(
    world: World, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "CHUNK", 1)
    data = as_csv(line(person, "1")) + b"x" * 30_000 + b"\n"
    file = (await world.feed(data)).json()
    assert file["state"] == "stopped" and "第 3 行过长" in file["problem"] and file["lines"] == 1
    assert await world.count(FeedFile, FeedFile.object_key.is_not(None)) == 0


SETTLEMENT_LIST = {
    "setlinfo": {
        "setl_id": "320200G0000001", "psn_name": "许晓霞", "certno": "", "fixmedins_name": "无锡市人民医院",
        "bill_no": "0060687851", "adm_time": "", "dscg_time": "", "acct_pay": "0.00", "psn_cashpay": "3000.00",
        "psn_selfpay": "2400.00", "psn_ownpay": "600.00",
    },
    "payinfo": [
        {"fund_pay_type": "310100", "fund_payamt": "1800.00"}, {"fund_pay_type": "330100", "fund_payamt": 200},
        {"fund_pay_type": "310200", "fund_payamt": "0.00"},
    ],
    "diseinfo": [
        {"diag_type": "1", "diag_code": "J18.900", "maindiag_flag": "1"},
        {"diag_type": "1", "diag_code": "I10.x00", "maindiag_flag": "0"},
    ],
    "iteminfo": [{"med_chrgitm": "01", "amt": "1500.00"}, {"med_chrgitm": "09", "amt": 3500}],
}  # fmt: skip


@pytest.mark.feature("P.08")
async def test_a_national_settlement_list_is_a_line(world: World, person: Person) -> None:
    """医疗保障基金结算清单, as the interface 4101 sends it: one list a line."""
    admitted = today() - timedelta(days=40)
    head = SETTLEMENT_LIST["setlinfo"] | {  # type: ignore[operator]
        "certno": id_number(person.serial), "adm_time": f"{admitted} 08:30:00",
        "dscg_time": f"{admitted + timedelta(days=10)} 10:00:00",
    }  # fmt: skip
    told = SETTLEMENT_LIST | {"setlinfo": head}
    flat = from_settlement_list(told)
    assert (flat["total_cost"], flat["pooled_paid"], flat["other_paid"]) == ("5000.00", "1800.00", "200.00")
    assert flat["icd10"] == "J18.900"
    file = (await world.feed(orjson.dumps(told))).json()
    await world.decide_feed()
    assert await states(world, file["id"]) == {"decided": 1}
    claim = (await world.client.get("/claims", person.actor)).json()["items"][0]
    assert claim["amount"] == "460.00"


@pytest.mark.feature("P.08")
async def test_a_settlement_list_that_lacks_something_says_what(world: World, person: Person) -> None:
    head = SETTLEMENT_LIST["setlinfo"] | {"certno": id_number(person.serial)}  # type: ignore[operator]
    told = {"setlinfo": head, "payinfo": None, "iteminfo": [{"amt": "x"}]}
    file = (await world.feed(orjson.dumps(told))).json()
    assert file["bad"] == 1
    path = f"/feed/files/{file['id']}/lines"
    (bad,) = (await world.client.get(path, world.staff("claims_checker"))).json()["items"]
    found = {(reason["code"], reason["field"]) for reason in bad["reasons"]}
    assert found == {
        ("feed.date_missing", "admission_date"), ("feed.date_missing", "discharge_date"), ("feed.amount", "total_cost"),
    }  # fmt: skip


LIST_SHEET = (
    "业务流水号", "姓名", "患者证件号码", "定点医疗机构名称", "入院时间", "出院时间", "主要诊断代码",
    "医疗收费总金额", "医保统筹基金支付金额", "其他基金支付", "个人账户支付金额", "个人现金支付金额",
)  # fmt: skip


def list_sheet(*rows: tuple[str, ...], headings: tuple[str, ...] = LIST_SHEET) -> bytes:
    """Settlement lists as a workbook: a title, a remark, then headings."""
    target = io.BytesIO()
    with SheetWriter(target) as sheet:
        sheet.title("医疗保障基金结算清单", len(headings))
        sheet.row(["单位：元"])
        sheet.heading(headings)
        for row in rows:
            sheet.row(row)
    return target.getvalue()


@pytest.mark.feature("P.08")
async def test_settlement_lists_come_as_a_workbook_too(world: World, person: Person) -> None:
    admitted = today() - timedelta(days=40)
    good = (
        "320200G0000009", person.name, id_number(person.serial), "无锡市人民医院", admitted.isoformat(),
        (admitted + timedelta(days=10)).isoformat(), "J18.900", "5000.00", "1800.00", "200.00", "0.00", "3000.00",
    )  # fmt: skip
    wrong = ("320200G0000010", person.name, "32021119850312001", "", "2026-13-40", "", "", "五千", *("",) * 4)
    data = list_sheet(good, wrong)
    for _ in range(2):  # sent again it pays nothing twice
        file = (await world.feed(data)).json()
        assert (file["state"], file["lines"], file["bad"]) == ("read", 2, 1)
        await world.decide_feed()
    claims = (await world.client.get("/claims", person.actor)).json()["items"]
    assert [claim["amount"] for claim in claims] == ["460.00"]
    path = f"/feed/files/{file['id']}/lines?state=bad"
    (bad,) = (await world.client.get(path, world.staff("claims_checker"))).json()["items"]
    assert bad["line_no"] == 5, "the sheet's own row number"
    assert {reason["field"] for reason in bad["reasons"]} == {
        "id_number", "admission_date", "discharge_date", "total_cost",
    }  # fmt: skip


@pytest.mark.feature("P.08")
async def test_a_workbook_without_the_columns_names_them(world: World) -> None:
    refused = await world.feed(list_sheet(("x",), headings=("姓名", "备注")))
    assert (refused.status_code, refused.json()["code"]) == (422, "feed.unreadable")
    assert "：缺少列“结算流水号”、“身份证号”。" in refused.json()["detail"], refused.text
    english = {"Accept-Language": "en"}
    told = await world.client.post(
        "/feed/files",
        world.staff("claims_checker"),
        content=list_sheet(("x",), headings=("姓名", "备注")),
        headers={"Content-Type": "text/plain", **english},
    )
    assert "it lacks the columns line_id, id_number." in told.json()["detail"], told.text
    broken = await world.feed(b"PK\x03\x04" + b"x" * 200)
    assert broken.status_code == 422 and broken.json()["code"] == "file.damaged"


@pytest.mark.feature("C.09")
async def test_a_claim_first_seen_when_it_is_overdue_is_told_once(world: World, person: Person) -> None:
    await world.fund()
    await world.feed(as_csv(line(person, "1")))  # discharged 30 days ago: due today
    await world.decide_feed()
    with set_to(now() + timedelta(days=2)):
        for _ in range(2):
            await watch_deadlines(world.client.context, world.tenant.id)
    told = await world.events("claims.payout_deadline_near.v1")
    assert [event.data["days_left"] for event in told] == [-2]


@pytest.mark.feature("C.09")
async def test_the_month_after_discharge_is_watched(world: World, person: Person) -> None:
    await world.fund()
    await world.feed(as_csv(line(person, "1")))  # discharged 30 days ago: due today
    await world.decide_feed()
    checker = world.staff("claims_checker")
    (due,) = (await world.client.get("/deadlines?within_days=0", checker)).json()["items"]
    assert due["days_left"] == 0 and due["status"] == "approved" and due["due_on"] == today().isoformat()
    assert (due["person_name"], due["node_title"], due["handler_id"]) == ("许**", "", None) and due[
        "unit_name"
    ]
    for _ in range(2):
        await watch_deadlines(world.client.context, world.tenant.id)
    (near,) = await world.events("claims.payout_deadline_near.v1")
    assert near.data["days_left"] == 0
    with set_to(now() + timedelta(days=2)):
        for _ in range(2):
            await watch_deadlines(world.client.context, world.tenant.id)
    told = await world.events("claims.payout_deadline_near.v1")
    assert [event.data["days_left"] for event in told] == [0, -2]
    batch = await world.released()
    await world.send_result(batch, world.result_file(await world.result_rows(batch)))
    assert (await world.client.get("/deadlines?within_days=30", checker)).json()["items"] == []
    far = world.staff("claims_checker", org_path="/xinwu/")
    assert (await world.client.get("/deadlines?within_days=30", far)).json()["items"] == []


@pytest.mark.feature("P.08")
async def test_the_template_is_read_as_it_is_filled_in(world: World, person: Person) -> None:
    answer = await world.client.get("/feed/template", world.staff("claims_checker"))
    assert answer.status_code == 200 and "settlements.xlsx" in answer.headers["content-disposition"]
    assert (await world.feed(answer.content)).json()["code"] == "feed.empty", "nothing was filled in"
    with open_workbook(answer.content) as book:
        rows = [row.cells for row in book.rows(book.sheets[0])]
    headings = [cell for cell in rows[-1] if cell]
    day = today() - timedelta(days=40)
    filled = {
        "结算流水号": "JS-1", "身份证号": id_number(person.serial), "姓名": person.name, "事件": "住院",
        "入院日期": day.isoformat(), "出院日期": (day + timedelta(days=10)).isoformat(),
        "金额合计": "5000.00", "医保统筹基金支付": "2000.00", "个人现金支付": "三千",
    }  # fmt: skip
    data = io.BytesIO()
    with SheetWriter(data) as sheet:
        for cells in rows:
            sheet.row(cells)
        sheet.row([filled.get(title, "") for title in headings])
    file = (await world.feed(data.getvalue())).json()
    assert (file["lines"], file["bad"]) == (1, 1), file
    path = f"/feed/files/{file['id']}/lines?state=bad"
    (bad,) = (await world.client.get(path, world.staff("claims_checker"))).json()["items"]
    assert [reason["text"] for reason in bad["reasons"]] == ["“个人现金支付”金额不正确"]


@pytest.mark.feature("C.09")
async def test_the_most_overdue_stand_first_page_by_page(world: World) -> None:
    people = [await world.cover() for _ in range(4)]
    lines = [line(one, str(number)) for number, one in enumerate(people)]
    await world.feed(as_csv(*lines))
    await world.decide_feed()
    checker, due = world.staff("claims_checker"), [3, -2, 0, -5]
    async with world.client.context.db.transaction(world.tenant.id) as session:
        claims = (await session.execute(select(Claim).order_by(Claim.id))).scalars().all()
        for claim, days in zip(claims, due, strict=True):
            claim.due_on = today() + timedelta(days=days)
    left: list[int] = []
    cursor = ""
    while True:
        path = f"/deadlines?within_days=30&limit=3{cursor and f'&cursor={cursor}'}"
        page = (await world.client.get(path, checker)).json()
        left += [item["days_left"] for item in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = page["next_cursor"]
    assert left == sorted(due)
