"""Roster uploads: results, repetition, and every kind of file that must be refused (rows C.03, C.04)."""

import asyncio
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import openpyxl
import pytest
from sqlalchemy import select, text

from common.clock import now
from common.consumer import Worker
from common.ids import new_id
from enrollment.imports import checking, uploading
from enrollment.imports.jobs import check_rosters
from enrollment.imports.models import RosterImport
from enrollment.imports.repository import ImportRepository as PeopleRepository
from enrollment.people.models import OrderPerson

from .world import World, card_number, id_number, person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def people(world: World, order: str, insurable: bool) -> list[dict[str, object]]:
    path = f"/orders/{order}/people?limit=200&insurable={str(insurable).lower()}"
    answer = await world.client.get(path, world.handler)
    return list(answer.json()["items"])


async def send(world: World, order: str, content: bytes) -> tuple[int, str]:
    answer = await world.upload_file(order, content)
    return answer.status_code, answer.json().get("code", "")


@pytest.mark.feature("C.04")
async def test_every_reason_of_a_row_is_told(world: World) -> None:
    order = await world.order()
    bad = person(2, name="王 五", id_number=id_number(2)[:-1] + "x", social_card="1234567890123", mobile="12")
    await world.upload(order, [person(1), bad, person(3), person(3)])
    good, wrong = await people(world, order, True), await people(world, order, False)
    assert [row["row"] for row in good] == [4, 6] and [row["row"] for row in wrong] == [5, 7]
    codes = {reason["code"] for reason in wrong[0]["reasons"]}  # type: ignore[attr-defined]
    assert codes >= {"name.space", "card.luhn", "mobile.format"} and codes & {"id.checksum", "id.lowercase_x"}
    assert [reason["code"] for reason in wrong[1]["reasons"]] == ["row.duplicate"]  # type: ignore[attr-defined]
    assert all(reason["message"] and reason["advice"] for reason in wrong[0]["reasons"])  # type: ignore[attr-defined]
    assert id_number(1) not in json.dumps(good) and card_number(1) not in json.dumps(good)
    assert good[0]["document_number"] == f"320{'*' * 11}{id_number(1)[-4:]}"


@pytest.mark.feature("C.03")
async def test_the_same_file_again_adds_nobody(world: World) -> None:
    order, content = await world.order(), world.roster([person(1), person(2, mobile="1")])
    first = await world.upload_file(order, content)
    again = await world.upload_file(order, content)
    assert (first.json()["repeated"], again.json()["repeated"]) == (False, True)
    assert first.json()["order"] == again.json()["order"]
    listed = (await world.client.get(f"/orders/{order}/roster", world.handler)).json()["items"]
    assert [(row["state"], row["rows_done"], row["total"]) for row in listed] == [("done", 2, 2)]
    assert listed[0]["rows_failed"] is True
    await world.client.post(f"/orders/{order}/people/delete", world.handler, json={"all": True})
    (emptied,) = (await world.client.get(f"/orders/{order}/roster", world.handler)).json()["items"]
    assert (emptied["state_text"], emptied["total"], emptied["rows_failed"]) == ("人员已全部删除", 2, False)
    third = await world.upload_file(order, content)
    (begun,) = (await world.client.get(f"/orders/{order}/roster", world.handler)).json()["items"]
    assert (begun["state_text"], begun["rows_failed"]) == ("已完成", True)
    assert (third.json()["repeated"], third.json()["order"]["insurable"]) == (False, 1)


async def test_the_same_file_at_the_same_time_adds_nobody_twice(world: World) -> None:
    order, content = await world.order(), world.roster([person(n) for n in range(300)])
    answers = await asyncio.gather(*[send(world, order, content) for _ in range(4)])
    assert {status for status, _ in answers} <= {200, 409} and (200, "") in answers
    assert {code for status, code in answers if status == 409} <= {"roster.being_checked"}
    assert (await world.state(order))["insurable"] == 300


async def test_somebody_on_the_order_already_is_told(world: World) -> None:
    order = await world.order()
    await world.upload(order, [person(1)])
    answer = await world.upload(order, [person(1, note="again"), person(2)])
    assert answer.json()["order"] == {"insurable": 2, "not_insurable": 1, "changed": 0}
    (double,) = await people(world, order, False)
    assert [reason["code"] for reason in double["reasons"]] == ["row.duplicate"]  # type: ignore[attr-defined]


async def test_as_a_form(world: World) -> None:
    order = await world.order()
    files = {"file": ("花名册.xlsx", world.roster([person(1)]), XLSX)}
    answer = await world.client.post(f"/orders/{order}/roster", world.handler, files=files)
    assert answer.json()["order"]["insurable"] == 1, answer.text
    empty = await world.client.post(f"/orders/{order}/roster", world.handler, files={}, data={"a": "b"})
    assert empty.status_code >= 400


@pytest.mark.feature("C.03")
async def test_wrong_files_are_refused_and_nothing_is_stored(world: World) -> None:
    order = await world.order()
    book = openpyxl.Workbook()
    book.active.append(["这是", "别的", "表格"])  # type: ignore[union-attr]
    other_layout = io.BytesIO()
    book.save(other_layout)
    cases = {
        "file.not_xlsx": b"%PDF-1.7 not a sheet",
        "roster.layout_not_recognised": other_layout.getvalue(),
        "roster.empty": world.roster([]),
        "upload.no_file": b"",
        "file.damaged": world.roster([person(1)])[:-200],
    }
    before = await world.state(order)
    for code, content in cases.items():
        status, found = await send(world, order, content)
        assert (found, status >= 400) == (code, True), code
    await unchanged(world, order, before)


async def unchanged(world: World, order: str, before: dict[str, object]) -> None:
    assert await world.state(order) == before
    answer = await world.upload(order, [person(1)])
    assert answer.json()["order"] == {"insurable": 1, "not_insurable": 0, "changed": 0}


@pytest.mark.feature("C.03")
async def test_200_000_rows_and_zip_bombs_are_refused(world: World, worker: Worker) -> None:
    order = await world.order()
    before = await world.state(order)
    many = await asyncio.to_thread(large_roster, world, 200_000)
    answer = await world.upload_file(order, many)
    assert (answer.status_code, answer.json()["file"]["state"]) == (202, "queued")
    await check_rosters(worker.context, world.tenant.id)
    (roster,) = (await world.client.get(f"/orders/{order}/roster", world.handler)).json()["items"]
    assert (roster["state"], roster["problem"]) == ("refused", "file.too_many_rows")
    assert await send(world, order, bomb(world)) == (413, "file.unpacks_too_large")
    await unchanged(world, order, before)


def rewritten(content: bytes, change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    """A workbook with changed or further parts."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            target.writestr(entry.filename, change(entry.filename, source.read(entry.filename)))
        for name, part in more.items():
            target.writestr(f"xl/{name}", part)
    return out.getvalue()


def large_roster(world: World, rows: int) -> bytes:
    """A roster with the same valid row again and again."""

    def repeat(name: str, part: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return part
        head, row, tail = re.split(rb'(<row r="4".*?</row>)', part, maxsplit=1, flags=re.DOTALL)
        pieces = row.split(b"4", 1)
        numbered = re.sub(rb' r="[A-Z]+4"', b"", pieces[1])
        return head + b"".join(pieces[0] + b"%d" % n + numbered for n in range(4, rows + 4)) + tail

    return rewritten(world.roster([person(1)]), repeat)


def bomb(world: World) -> bytes:
    """A roster with a part that unpacks to a thousand times its size."""
    return rewritten(world.roster([person(1)]), lambda _, part: part, bomb=bytes(60_000_000))


@pytest.mark.feature("C.03")
async def test_a_file_over_the_limit_is_refused_with_the_limit_named(world: World) -> None:
    order = await world.order()
    before = await world.state(order)
    large = bytes(21_000_000)
    path, files = f"/orders/{order}/roster", {"file": ("a.xlsx", large, XLSX)}
    answers = [
        await world.upload_file(order, large),
        await world.client.post(path, world.handler, files=files),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (413, "file.too_large")
        assert "20 MB" in answer.json()["detail"]
    await unchanged(world, order, before)


async def test_only_a_draft_takes_a_roster(world: World) -> None:
    order = await world.submitted([person(1)])
    assert await send(world, order, world.roster([person(2)])) == (409, "order.wrong_state")


async def test_an_interrupted_check_can_be_taken_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process died while checking: the row stays behind and the same file is taken up again after a while."""
    order, content = await world.order(), world.roster([person(1)])
    async with world.client.context.db.transaction(world.tenant.id) as session:
        PeopleRepository(session, world.tenant.id).add(
            RosterImport(
                id=new_id(), order_id=UUID(order), sha256=hashlib.sha256(content).hexdigest(), size=len(content),
                uploaded_by=world.handler.id, started_at=now() - timedelta(minutes=1),
                beat_at=now() - timedelta(minutes=1),
            )
        )  # fmt: skip
    assert await send(world, order, content) == (409, "roster.being_checked")
    monkeypatch.setattr(uploading, "ABANDONED_AFTER", timedelta(seconds=1))
    assert await send(world, order, content) == (200, "")


async def test_values_are_sealed_in_the_database(world: World) -> None:
    order = await world.order()
    await world.upload(order, [person(1, note="备注")])
    async with world.client.context.db.transaction(world.tenant.id) as session:
        statement = text("SELECT to_jsonb(p)::text FROM order_person p")
        rows = (await session.execute(statement)).scalars().all()
    secrets = [person(1)[name] for name in ("name", "id_number", "social_card", "mobile")] + ["备注"]
    assert rows and not [secret for secret in secrets for row in rows if secret in row]


async def test_reasons_come_in_the_language_of_the_request(world: World) -> None:
    order = await world.order()
    await world.upload(order, [person(1, mobile="")])
    path = f"/orders/{order}/people?insurable=false"
    english = await world.client.get(path, world.handler, headers={"Accept-Language": "en"})
    assert english.json()["items"][0]["reasons"][0]["message"] == "The mobile number is missing."


@pytest.mark.feature("C.03")
async def test_the_template_comes_back_without_its_example(world: World) -> None:
    template = await world.client.get("/products/three-in-one/roster-template", world.handler)
    order = await world.order()
    answer = await world.upload_file(order, template.content)
    assert answer.json()["order"] == {"insurable": 0, "not_insurable": 1, "changed": 0}
    (example,) = await people(world, order, False)
    assert [reason["code"] for reason in example["reasons"]] == ["row.example"]  # type: ignore[attr-defined]


@pytest.mark.feature("C.03")
async def test_a_roster_of_many_parts_keeps_its_order_and_knows_who_stood_in_an_earlier_part(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "PART", 7)
    rows = [person(n) for n in range(60)]
    rows[41] = person(3, note="again")
    rows[50] = person(50, mobile="1")
    order = await world.order()
    answer = await world.upload(order, rows)
    assert answer.status_code == 200, answer.text
    assert answer.json()["order"] == {"insurable": 58, "not_insurable": 2, "changed": 0}
    assert (answer.json()["file"]["rows_done"], answer.json()["file"]["total"]) == (60, 60)
    wrong = await people(world, order, False)
    assert [(row["row"], [reason["code"] for reason in row["reasons"]]) for row in wrong] == [  # type: ignore[attr-defined]
        (45, ["row.duplicate"]),
        (54, ["mobile.format"]),
    ]
    assert "第 7 行" in str(wrong[0]["reasons"])
    async with world.client.context.db.transaction(world.tenant.id) as session:
        placed = select(OrderPerson.sheet_row).where(OrderPerson.tenant_id == world.tenant.id)
        numbers = (await session.execute(placed.order_by(OrderPerson.id))).scalars().all()
    assert list(numbers) == list(range(4, 64))


async def test_what_refuses_a_file_in_its_last_part_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "PART", 7)
    order = await world.order()
    before = await world.state(order)

    def cut(name: str, part: bytes) -> bytes:
        return part if not name.endswith("sheet1.xml") else part[: part.rindex(b"<row")] + b"<row"

    damaged = rewritten(world.roster([person(n) for n in range(40)]), cut)
    assert (await send(world, order, damaged))[1] == "file.damaged"
    await unchanged(world, order, before)
