"""Admission in bulk: template, check, process, result file; killed on the way, nobody enters twice (row D.02)."""

import asyncio
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from common.auth import Actor
from common.clock import now, set_to
from common.sheets import open_workbook
from common.tasks.files import TaskFiles
from common.tasks.worker import TaskWorker
from common.testing import Client
from common.testing.tasks import wear_out
from identity.members.bulk import tasks as bulk_tasks
from identity.members.bulk.models import AdmissionBatch
from identity.members.bulk.service import forget_files
from identity.members.models import Person, PersonRecord
from identity.tasks import TASKS

from .offices import READ, WRITE, Office, id_of, new_office, someone, years_ago
from .sheets import number_of, write_people

pytestmark = pytest.mark.feature("D.02")

OCTETS = "application/octet-stream"


@asynccontextmanager
async def working(office: Office) -> AsyncIterator[None]:
    running = asyncio.create_task(TaskWorker(office.client.context, TASKS, poll_seconds=0.05).run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def uploaded(office: Office, actor: Actor, content: bytes, **query: Any) -> Any:
    return await office.client.post(
        "/admissions/batches", actor, content=content, params=query, headers={"Content-Type": OCTETS}
    )


async def asked(office: Office, actor: Actor, batch: str, what: str) -> str:
    answer = await office.client.post(f"/admissions/batches/{batch}/{what}", actor)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


async def ended(office: Office, actor: Actor, task: str, *, within: float = 60) -> dict[str, Any]:
    deadline = time.monotonic() + within
    while True:
        found: dict[str, Any] = (await office.client.get(f"/tasks/{task}", actor)).json()
        if found["finished_at"] is not None:
            return found
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.05)


async def result_rows(office: Office, actor: Actor, task: str) -> list[list[str]]:
    answer = await office.client.get(f"/tasks/{task}/result", actor)
    assert answer.status_code == 200, answer.text
    with open_workbook(io.BytesIO(answer.content)) as book:
        rows = [row.cells for row in book.rows(book.sheets[0])]
    return rows[3:]


def sheet(tmp_path: Path, rows: list[tuple[str, str, str]]) -> bytes:
    from common.sheets import SheetWriter

    path = tmp_path / "people.xlsx"
    with SheetWriter(path) as out:
        out.heading(["姓名", "身份证号码", "手机"])
        for row in rows:
            out.row(list(row))
    return path.read_bytes()


async def people_count(office: Office) -> tuple[int, int, int]:
    """Persons, different numbers, history rows."""
    async with office.client.context.db.transaction(office.id) as session:
        persons = (
            await session.execute(select(func.count()).where(Person.tenant_id == office.id))
        ).scalar_one()
        numbers = select(func.count(Person.member_number.distinct())).where(Person.tenant_id == office.id)
        records = select(func.count()).where(PersonRecord.tenant_id == office.id)
        return (
            persons,
            (await session.execute(numbers)).scalar_one(),
            (await session.execute(records)).scalar_one(),
        )


async def test_a_check_or_a_processing_that_is_given_up_says_so_and_is_begun_again(
    office: Office, tmp_path: Path
) -> None:
    handler = office.handler(await office.unit())
    batch = (await uploaded(office, handler, sheet(tmp_path, [("王伟", number_of(1), "")]))).json()
    path = f"/admissions/batches/{batch['id']}"
    for what, under_way in (("check", "checking"), ("process", "processing")):
        first = await asked(office, handler, batch["id"], what)
        assert (await office.client.get(path, handler)).json()["problem"] is None
        await wear_out(office.client.context, office.id)
        async with working(office):
            assert (await ended(office, handler, first))["state"] == "failed"
            (listed,) = (await office.client.get("/admissions/batches", handler)).json()["items"]
            read = (await office.client.get(path, handler)).json()
            assert (read["state"], read["problem"]["code"]) == (under_way, "task.interrupted")
            assert listed["problem"] == read["problem"]
            again = await asked(office, handler, batch["id"], what)
            assert (await ended(office, handler, again))["state"] == "done"
    read = (await office.client.get(path, handler)).json()
    assert (read["state"], read["admitted"], read["problem"]) == ("done", 1, None)


async def test_template_upload_check_process_result(office: Office, tmp_path: Path) -> None:
    handler = office.handler(await office.unit())
    template = await office.client.get("/admissions/template", handler)
    with open_workbook(io.BytesIO(template.content)) as book:
        rows = [row.cells for row in book.rows(book.sheets[0])]
    assert rows[0][0] == "批量入会模板" and rows[2][1:3] == ["姓名", "身份证号"] and rows[3][1] == "张三"
    known = await office.member(handler, someone())
    good, wrong = number_of(1), number_of(2)
    over = id_of(years_ago(58), "female")
    content = sheet(
        tmp_path,
        [
            ("王伟", good, "13900000001"),
            ("李 娜", wrong[:-1] + ("1" if wrong[-1] != "1" else "2"), "12"),
            ("王伟", good, ""),
            ("赵大龄", over, ""),
            ("张三", "110101190001010000", ""),
            ("换名", id_of(years_ago(30), "female"), ""),
        ],
    )
    assert known
    batch = (await uploaded(office, handler, content)).json()
    assert batch["state"] == "uploaded"
    early = await office.client.post(f"/admissions/batches/{batch['id']}/process", handler)
    assert early.json()["code"] == "admission.batch_not_checked"
    async with working(office):
        check = await asked(office, handler, batch["id"], "check")
        assert (await ended(office, handler, check))["state"] == "done"
        checked = (await office.client.get(f"/admissions/batches/{batch['id']}", handler)).json()
        assert (checked["state"], checked["total"], checked["admissible"]) == ("checked", 6, 2)
        failing = (await office.client.get(f"/admissions/batches/{batch['id']}/failing", handler)).json()
        found = {row["row"]: {r["code"] for r in row["reasons"]} for row in failing}
        assert found == {
            3: {"name.space", "id.checksum", "mobile.format"},
            4: {"row.duplicate"}, 5: {"age.over"}, 6: {"row.example"},
        }  # fmt: skip
        assert failing[0]["name"].endswith("*") and "*" in failing[0]["id_number"]
        process = await asked(office, handler, batch["id"], "process")
        done = await ended(office, handler, process)
    assert (done["state"], done["counts"]) == ("done", {"admitted": 2, "failed": 0})
    rows = await result_rows(office, handler, process)
    assert (
        [row[6] for row in rows] == ["3", "4", "5", "6"] and "检验位" in rows[0][5] and "空格" in rows[0][5]
    )
    assert rows[0][1] == "李 娜", "what stands there can be corrected and uploaded again"
    entered = await office.search(handler, state="new", batch_id=batch["id"])
    assert entered["search"]["total"] == 2 and all(i["member_number"] for i in entered["items"])
    assert (await office.act(handler, "report", entered)).json()["confirmed"] == 2
    again = await office.client.post(f"/admissions/batches/{batch['id']}/process", handler)
    assert again.json()["code"] == "admission.batch_done"


@pytest.mark.feature("D.07")
async def test_what_the_register_says_against_a_row(office: Office, tmp_path: Path) -> None:
    here, there = await office.unit(), await office.unit("/haidian/haidian-shangdi/")
    mine = office.handler(here)
    await office.member(mine, someone(number=number_of(11), name="王伟"))
    await office.member(office.handler(there), someone(number=number_of(12), name="王芳"))
    content = sheet(
        tmp_path, [("王伟", number_of(11), ""), ("李芳", number_of(12), ""), ("李 强", number_of(11), "")]
    )
    batch = (await uploaded(office, mine, content)).json()["id"]
    async with working(office):
        assert (await ended(office, mine, await asked(office, mine, batch, "check")))["state"] == "done"
    failing = (await office.client.get(f"/admissions/batches/{batch}/failing", mine)).json()
    assert [[r["code"] for r in row["reasons"]] for row in failing] == [
        ["member.duplicate"],
        ["member.other_unit", "name.mismatch"],
        ["name.space", "row.duplicate", "member.duplicate", "name.mismatch"],
    ]
    assert "调入" in failing[1]["reasons"][0]["message"]


async def test_who_was_admitted_between_check_and_process_fails_with_the_reason(
    office: Office, tmp_path: Path
) -> None:
    handler = office.handler(await office.unit())
    content = sheet(tmp_path, [("王伟", number_of(21), ""), ("王芳", number_of(22), "")])
    batch = (await uploaded(office, handler, content)).json()["id"]
    async with working(office):
        await ended(office, handler, await asked(office, handler, batch, "check"))
        await office.admit(handler, someone(number=number_of(21), name="王伟"))
        process = await asked(office, handler, batch, "process")
        done = await ended(office, handler, process)
    assert done["counts"] == {"admitted": 1, "failed": 1}
    (row,) = await result_rows(office, handler, process)
    assert "名册" in row[5]


async def test_who_left_comes_back_with_the_same_number(office: Office, tmp_path: Path) -> None:
    from uuid import UUID

    from identity.members.repository import MemberRepository

    handler = office.handler(await office.unit())
    member = await office.member(handler, someone(number=number_of(31), name="王伟"))
    async with office.client.context.db.transaction(office.id) as session:
        (row,) = await MemberRepository.of(session).locked([UUID(member["id"])])
        row.change({"state": "left"})
    batch = (await uploaded(office, handler, sheet(tmp_path, [("王伟", number_of(31), "")]))).json()["id"]
    async with working(office):
        await ended(office, handler, await asked(office, handler, batch, "check"))
        done = await ended(office, handler, await asked(office, handler, batch, "process"))
    assert done["counts"] == {"admitted": 1, "failed": 0}
    read = (await office.client.get(f"/members/{member['id']}", handler)).json()
    assert (read["state"], read["member_number"]) == ("new", member["member_number"])


async def test_the_same_file_is_recognised_and_bad_files_are_refused(office: Office, tmp_path: Path) -> None:
    handler = office.handler(await office.unit())
    content = sheet(tmp_path, [("王伟", number_of(41), "")])
    first, again = [(await uploaded(office, handler, content)).json() for _ in range(2)]
    assert again["id"] == first["id"] and again["repeated"] and not first["repeated"]
    assert (await uploaded(office, handler, b"")).json()["code"] == "upload.no_file"
    too_much = await uploaded(office, handler, b"x" * 50_000_001)
    assert (too_much.status_code, too_much.json()["code"]) == (413, "file.too_large")
    renamed = io.BytesIO()
    with zipfile.ZipFile(renamed, "w") as archive:
        archive.writestr("a.txt", "no workbook")
    for no_workbook in (b"xx", b"%PDF-1.7", renamed.getvalue()):
        refused = await uploaded(office, handler, no_workbook)
        assert (refused.status_code, refused.json()["code"]) == (422, "file.not_xlsx"), "at once"
    listed = (await office.client.get("/admissions/batches", handler)).json()["items"]
    assert [batch["id"] for batch in listed] == [first["id"]], "nothing of them is kept"
    cases = {sheet(tmp_path, []): "file.no_people"}
    async with working(office):
        for bytes_, code in cases.items():
            batch = (await uploaded(office, handler, bytes_)).json()["id"]
            task = await ended(office, handler, await asked(office, handler, batch, "check"))
            assert (task["state"], task["problem"]["code"]) == ("failed", code)
            retried = await office.client.post(f"/admissions/batches/{batch}/check", handler)
            assert retried.status_code == 202, "it may be tried again"


async def test_a_batch_in_work_is_not_begun_again(office: Office, tmp_path: Path) -> None:
    handler = office.handler(await office.unit())
    batch = (await uploaded(office, handler, sheet(tmp_path, [("王伟", number_of(51), "")]))).json()["id"]
    await asked(office, handler, batch, "check")
    answer = await office.client.post(f"/admissions/batches/{batch}/check", handler)
    assert (answer.status_code, answer.json()["code"]) == (409, "admission.batch_busy")


async def test_killed_twice_every_good_row_enters_once_and_every_bad_row_comes_back(
    office: Office, tmp_path: Path
) -> None:
    """A real worker process, killed with SIGKILL while it checks and while it processes."""
    people = int(os.environ.get("HUZHU_ADMISSIONS", "5000"))
    path = tmp_path / "many.xlsx"
    bad = await asyncio.to_thread(write_people, path, people, seed=7, first=1_000_000)
    handler = office.handler(await office.unit())
    batch = (await uploaded(office, handler, path.read_bytes())).json()["id"]
    environment = os.environ | {"HUZHU_TASK_LEASE_SECONDS": "1.5"}

    def start() -> "subprocess.Popen[bytes]":
        return subprocess.Popen([sys.executable, "-m", "tests.identity.admitting_process"], env=environment)

    async def killed_once(task: str, due: Any) -> None:
        """Let a worker begin, kill it when `due`, and let another finish."""
        process = start()
        try:
            deadline = time.monotonic() + 180
            while not due((await office.client.get(f"/tasks/{task}", handler)).json()):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
            process = start()
            found = await ended(office, handler, task, within=180 + people / 200)
            assert found["state"] == "done", found
        finally:
            process.kill()
            process.wait()

    await killed_once(await asked(office, handler, batch, "check"), lambda t: t["state"] == "running")
    process_task = await asked(office, handler, batch, "process")
    await killed_once(process_task, lambda t: t["done"] >= 1000 or t["state"] == "done")
    read = (await office.client.get(f"/admissions/batches/{batch}", handler)).json()
    assert (read["total"], read["admitted"], read["failed"]) == (people, people - bad, bad)
    assert await people_count(office) == (people - bad, people - bad, people - bad)
    rows = await result_rows(office, handler, process_task)
    assert len(rows) == bad and all(row[5] for row in rows)
    both = [row for row in rows if not row[1]]
    assert both and all("姓名" in row[5] and "检验位" in row[5] for row in both), "all reasons of a row"


@pytest.mark.feature("N.02")
async def test_who_may_reach_batches(office: Office, identity: Client, tmp_path: Path) -> None:
    other = await new_office(identity)
    unit, sibling = await office.unit(), await office.unit("/haidian/haidian-shangdi/")
    handler = office.handler(unit)
    content = sheet(tmp_path, [("王伟", number_of(61), "")])
    batch = (await uploaded(office, handler, content)).json()["id"]
    path = f"/admissions/batches/{batch}"
    routes = [
        ("GET", "/admissions/template"),
        ("POST", f"/admissions/batches?unit_id={unit}"),
        ("GET", "/admissions/batches"),
        ("GET", path),
        ("GET", f"{path}/failing"),
        ("POST", f"{path}/check"),
        ("POST", f"{path}/process"),
    ]
    strangers = [office.handler(sibling), office.agency("/haidian/haidian-shangdi/"), other.clerk()]
    for method, route in routes:
        send, body = office.client.send, {"content": content} if "unit_id" in route else {}
        assert (await send(method, route, **body)).status_code == 401, route
        assert (await send(method, route, office.actor("x"), **body)).status_code == 403, route
        for stranger in strangers:
            answer = await send(method, route, stranger, **body)
            if route == "/admissions/batches":
                assert answer.json()["items"] == []
            elif route.endswith("template"):
                assert answer.status_code == 200
            else:
                assert answer.status_code == 404, (route, answer.text)
    listed = (await office.client.get("/admissions/batches", office.agency())).json()["items"]
    assert [i["id"] for i in listed] == [batch]
    assert (await office.client.get("/admissions/batches", office.actor(WRITE, READ))).status_code == 200
    assert bulk_tasks.CHUNK == 1000


async def test_a_sheet_and_its_key_go_when_the_batch_is_done_or_too_old(
    office: Office, tmp_path: Path
) -> None:
    handler = office.handler(await office.unit())
    context = office.client.context
    done, open_ = [
        (await uploaded(office, handler, sheet(tmp_path, [("王小京", number_of(n), "")]))).json()["id"]
        for n in (71, 72)
    ]
    async with working(office):
        for what in ("check", "process"):
            await ended(office, handler, await asked(office, handler, done, what))

    async def kept() -> dict[str, bool]:
        async with context.db.transaction(office.id) as session:
            found = list((await session.execute(select(AdmissionBatch))).scalars())
        names = await TaskFiles.of(context)._store.names(f"{office.id}/admissions")
        stored = {str(b.id): any(b.object_name == name for name in names) for b in found}
        assert stored == {str(b.id): b.object_key is not None for b in found}, "the object goes with its key"
        return stored

    assert await kept() == {done: True, open_: True}
    await forget_files(context, office.id)
    assert await kept() == {done: False, open_: True}
    with set_to(now() + timedelta(days=31)):
        await forget_files(context, office.id)
        assert await kept() == {done: False, open_: False}
        gone = await office.client.post(f"/admissions/batches/{open_}/check", handler)
        assert (gone.status_code, gone.json()["code"]) == (409, "admission.sheet_gone")
