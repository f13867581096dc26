"""Reports: defined by the pack, made once per period and scope, delivered without figures, kept as long as said."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pypdfium2
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from claims.reports.job import forget_old_reports, make_due_reports
from claims.reports.repository import ReportRepository
from claims.reports.rules import MOST_PERIODS, due_at, due_periods, period_of
from claims.tasks import TASKS
from common.auth import Actor, ActorKind
from common.clock import BUSINESS_ZONE, set_to, today
from common.contracts.enrollment import ContributionReceived
from common.contracts.identity import UnitApproved, UnitFact
from common.contracts.pack.reports import ReportSchedule
from common.ids import new_id
from common.sheets import BookSheet, write_book
from common.tasks.repository import Place
from common.tasks.worker import TaskWorker

from .world import FUND, PRODUCT, World

SCHEDULES = (
    ReportSchedule(every="day", at="07:00"),
    ReportSchedule(every="week", at="07:30", weekday=2),
    ReportSchedule(every="month", at="08:00", day=3),
)
READ = "claims.statistics.read"
AGAIN = """UPDATE task SET state = 'queued', finished_at = NULL, clear_at = NULL, lease = NULL,
           leased_until = created_at"""


def pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest_asyncio.fixture
async def wuxi(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("wuxi")


def chief(world: World, **scope: Any) -> Actor:
    return world.client.mint.actor(world.tenant, READ, **scope)


async def work(world: World, seconds: float = 30.0) -> None:
    """Let a worker of tasks do what waits in this tenant."""
    worker = TaskWorker(world.client.context, TASKS)
    running = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(seconds):
            while await open_tasks(world):
                await asyncio.sleep(0.05)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def open_tasks(world: World) -> int:
    from sqlalchemy import text

    async with world.client.context.db.transaction(world.tenant.id) as session:
        found = await session.execute(text("SELECT count(*) FROM task WHERE state IN ('queued', 'running')"))
        return int(found.scalar_one())


async def runs(world: World, actor: Actor) -> list[dict[str, Any]]:
    answer = await world.client.get("/reports/runs", actor)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def file(world: World, actor: Actor, run: dict[str, Any], form: str) -> bytes:
    answer = await world.client.get(f"/reports/runs/{run['id']}/files/{form}", actor)
    assert answer.status_code == 200, answer.text
    return bytes(answer.content)


def due_next_month() -> datetime:
    """A moment after the monthly report of the present month is due."""
    month = period_of("month", today())
    return datetime.combine(month.last + timedelta(days=2), datetime.min.time(), BUSINESS_ZONE)


@given(
    st.sampled_from(SCHEDULES),
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - made aware below
    st.integers(0, 400),
)
def test_every_period_is_due_once_after_it_has_ended(
    schedule: ReportSchedule, at: datetime, days: int
) -> None:
    since = at.replace(tzinfo=UTC)
    moment = since + timedelta(days=days)
    found = due_periods(schedule, since=since, moment=moment)
    assert found == sorted(set(found)) and len(found) <= MOST_PERIODS
    for period in found:
        due = due_at(schedule, period)
        assert since < due <= moment
        assert due.astimezone(BUSINESS_ZONE).date() > period.last
        assert f"{due:%H:%M}" == schedule.at
    # looking twice in between finds each period in one of the two looks, as long as none is cut off
    middle = since + timedelta(days=days // 2)
    if len(found) < MOST_PERIODS:
        parts = [due_periods(schedule, since=a, moment=b) for a, b in ((since, middle), (middle, moment))]
        assert parts[0] + parts[1] == found


def test_periods_are_whole() -> None:
    assert period_of("month", date(2028, 2, 11)).last == date(2028, 2, 29)
    week = period_of("week", date(2026, 1, 1))
    assert (week.first, week.last) == (date(2025, 12, 29), date(2026, 1, 4))
    assert (
        due_at(SCHEDULES[2], period_of("month", date(2026, 12, 5))).isoformat() == "2027-01-03T08:00:00+08:00"
    )


@pytest.mark.feature("P.07")
async def test_a_scheduled_report_arrives_as_workbook_and_pdf(wuxi: World) -> None:
    reader = chief(wuxi)
    offered = (await wuxi.client.get("/reports", reader)).json()
    assert [(r["code"], r["subscribed"]) for r in offered] == [("monthly", False), ("weekly", False)]
    assert offered[0]["schedule"] == "每月 1 日 08:00" and "基金余额" in offered[0]["figures"]
    assert (await wuxi.client.send("PUT", "/reports/monthly/subscription", reader)).json()[
        "subscribed"
    ] is True
    await wuxi.fund("1000.00")
    person = await wuxi.cover()
    await wuxi.approved(person)
    await make_due_reports(wuxi.client.context, wuxi.tenant.id)
    assert await runs(wuxi, reader) == [], "the month has not ended"
    with set_to(due_next_month()):
        await make_due_reports(wuxi.client.context, wuxi.tenant.id)
        await make_due_reports(wuxi.client.context, wuxi.tenant.id)
        assert [run["state"] for run in await runs(wuxi, reader)] == ["making"]
        await work(wuxi)
        [run] = await runs(wuxi, reader)
    assert (run["state"], run["first_day"]) == ("ready", today().replace(day=1).isoformat())
    assert {f["format"] for f in run["files"]} == {"xlsx", "pdf"}
    book = openpyxl.load_workbook(io.BytesIO(await file(wuxi, reader, run, "xlsx")))
    assert book.sheetnames[:2] == ["概况", "单位参保情况"] and "基金余额" in book.sheetnames
    summary = {row[0]: row[1] for row in book["概况"].iter_rows(values_only=True) if row[0]}
    assert summary["互助金收入（元）"] == 1000 and summary["审核通过（件）"] == 1
    assert book["单位参保情况"]["A2"].value == "无锡测试机械"
    words = pdf_text(await file(wuxi, reader, run, "pdf"))
    assert "互助保障月报" in words and "1000.00" in words.replace(",", "")
    [told] = await wuxi.events("claims.report_ready.v1")
    assert told.data["account_ids"] == [str(reader.id)]
    assert "1000" not in str(told.data), "no figure leaves with the message"
    name = await wuxi.client.get(f"/reports/runs/{run['id']}/files/pdf", reader)
    assert "pdf" in name.headers["content-disposition"] and name.headers["content-type"] == "application/pdf"


@pytest.mark.feature("P.07")
async def test_figures_are_those_of_the_period_and_the_scope(wuxi: World) -> None:
    far = new_id()
    unit = UnitFact(unit_id=far, name="新吴电子", credit_code="Y", org_path="/xinwu/", status="approved")
    month = period_of("month", today().replace(day=1) - timedelta(days=1))

    def paid(unit_id: Any, day: date, amount: str) -> ContributionReceived:
        return ContributionReceived(
            contribution_id=new_id(), order_id=new_id(), order_number="1", fund=FUND, product_code=PRODUCT,
            unit_id=unit_id, amount=Decimal(amount), received_on=day,
        )  # fmt: skip

    await wuxi.tell(
        UnitApproved(unit=unit), paid(wuxi.unit_id, month.first, "100.00"), paid(far, month.last, "40.00"),
        paid(far, month.last + timedelta(days=1), "7.00"), paid(far, month.first - timedelta(days=1), "9.00"),
    )  # fmt: skip
    whole, branch = chief(wuxi), chief(wuxi, org_path="/xinwu/")
    for actor in (whole, branch):
        body = {"day": month.first.isoformat()}
        asked = await wuxi.client.post("/reports/monthly/runs", actor, json=body)
        assert asked.status_code == 202, asked.text
        again = await wuxi.client.post("/reports/monthly/runs", actor, json=body)
        assert again.json()["id"] == asked.json()["id"]
    await work(wuxi)
    books = {}
    for name, actor in (("whole", whole), ("branch", branch)):
        [run] = await runs(wuxi, actor)
        books[name] = openpyxl.load_workbook(io.BytesIO(await file(wuxi, actor, run, "xlsx")))
        foreign = branch if actor is whole else whole
        assert (await wuxi.client.get(f"/reports/runs/{run['id']}", foreign)).status_code == 404
        refused = await wuxi.client.get(f"/reports/runs/{run['id']}/files/pdf", foreign)
        assert refused.status_code == 404, "another scope's figures are not downloaded"
    income = {name: book["概况"]["B2"].value for name, book in books.items()}
    assert income == {"whole": 140, "branch": 40}
    units = [row[0] for row in books["branch"]["单位参保情况"].iter_rows(min_row=2, values_only=True)]
    assert "新吴电子" in units and "无锡测试机械" not in units
    assert books["whole"]["基金余额"]["A2"].value == wuxi.tenant.pack.funds[0].title.zh
    assert books["branch"]["基金余额"]["A2"].value is None, "funds are the whole union's"


@pytest.mark.feature("P.07")
async def test_once_for_a_period_though_workers_are_many_and_one_is_killed(wuxi: World) -> None:
    readers = [chief(wuxi), chief(wuxi)]
    for reader in readers:
        await wuxi.client.send("PUT", "/reports/weekly/subscription", reader)
    week_after = datetime.combine(period_of("week", today()).last, datetime.min.time(), BUSINESS_ZONE)
    with set_to(week_after + timedelta(days=2)):
        await asyncio.gather(
            *(make_due_reports(wuxi.client.context, wuxi.tenant.id) for _ in range(6)),
            return_exceptions=False,
        )
        assert len(await runs(wuxi, readers[0])) == 1
        # a worker dies with the task in its hands: its lease runs out, and others take it
        dying = TaskWorker(wuxi.client.context, TASKS)
        assert await dying._take(await _place(wuxi)) is not None
        await _execute(wuxi, "UPDATE task SET leased_until = created_at")
        await asyncio.gather(work(wuxi), work(wuxi), work(wuxi))
    [run] = await runs(wuxi, readers[0])
    assert run["state"] == "ready" and len(run["files"]) == 2
    [told] = await wuxi.events("claims.report_ready.v1")
    assert sorted(told.data["account_ids"]) == sorted(str(reader.id) for reader in readers)
    assert (await file(wuxi, readers[1], run, "pdf"))[:5] == b"%PDF-"


async def _place(world: World) -> Place:
    from sqlalchemy import text

    async with world.client.context.db.transaction(world.tenant.id) as session:
        return Place(world.tenant.id, (await session.execute(text("SELECT id FROM task"))).scalar_one())


async def test_a_making_begun_again_behind_its_end_tells_nobody_twice(wuxi: World) -> None:
    reader = chief(wuxi)
    await wuxi.client.send("PUT", "/reports/monthly/subscription", reader)
    with set_to(due_next_month()):
        await make_due_reports(wuxi.client.context, wuxi.tenant.id)
        await work(wuxi)
        await _execute(wuxi, AGAIN)
        await work(wuxi)
    assert len(await wuxi.events("claims.report_ready.v1")) == 1


async def _execute(world: World, statement: str) -> None:
    from sqlalchemy import text

    async with world.client.context.db.transaction(world.tenant.id) as session:
        await session.execute(text(statement))


@pytest.mark.feature("P.07")
async def test_reports_are_kept_as_long_as_the_pack_says(wuxi: World) -> None:
    reader = chief(wuxi)
    body = {"day": (today().replace(day=1) - timedelta(days=1)).isoformat()}
    await wuxi.client.post(
        "/reports/weekly/runs", reader, json={"day": (today() - timedelta(days=7)).isoformat()}
    )
    await wuxi.client.post("/reports/monthly/runs", reader, json=body)
    await work(wuxi)
    kept = {run["report"]: run["expires_on"] for run in await runs(wuxi, reader)}
    assert kept == {
        "weekly": (today() + timedelta(days=400)).isoformat(),
        "monthly": (today() + timedelta(days=1100)).isoformat(),
    }
    with set_to(datetime.now(UTC) + timedelta(days=401)):
        await forget_old_reports(wuxi.client.context, wuxi.tenant.id)
        await forget_old_reports(wuxi.client.context, wuxi.tenant.id)
    [left] = await runs(wuxi, reader)
    assert left["report"] == "monthly"
    assert (await file(wuxi, reader, left, "pdf"))[:5] == b"%PDF-"


@pytest.mark.feature("P.07")
async def test_who_may_see_and_order_reports(wuxi: World, other: World) -> None:
    client, reader = wuxi.client, chief(wuxi)
    day = {"day": (today().replace(day=1) - timedelta(days=1)).isoformat()}
    made = (await client.post("/reports/monthly/runs", reader, json=day)).json()
    ways = [
        ("GET", "/reports"), ("PUT", "/reports/monthly/subscription"), ("DELETE", "/reports/monthly/subscription"),
        ("GET", "/reports/runs"), ("GET", f"/reports/runs/{made['id']}"),
        ("GET", f"/reports/runs/{made['id']}/files/pdf"), ("POST", "/reports/monthly/runs"),
    ]  # fmt: skip
    handler = client.mint.actor(wuxi.tenant, READ, kind=ActorKind.HANDLER, unit_id=wuxi.unit_id)
    for method, path in ways:
        body = {"json": day} if method == "POST" else {}
        assert (await client.send(method, path, None, **body)).status_code == 401, path
        unpermitted = client.mint.actor(wuxi.tenant, "claims.claim.read")
        assert (await client.send(method, path, unpermitted, **body)).status_code == 403, path
        refused = await client.send(method, path, handler, **body)
        assert (refused.status_code, refused.json()["code"]) == (403, "report.staff_only"), path
    theirs = chief(other)
    assert (await client.get(f"/reports/runs/{made['id']}", theirs)).status_code == 404
    assert await runs(other, theirs) == []
    unready = await client.get(f"/reports/runs/{made['id']}/files/pdf", reader)
    assert (unready.status_code, unready.json()["code"]) == (409, "report.not_ready")
    ended = await client.send("DELETE", "/reports/nothing/subscription", reader)
    assert (ended.status_code, ended.json()["code"]) == (404, "report.unknown")
    unknown = await client.send("PUT", "/reports/nothing/subscription", reader)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "report.unknown")
    early = await client.post("/reports/monthly/runs", reader, json={"day": today().isoformat()})
    assert (early.status_code, early.json()["code"]) == (422, "report.period_open")
    assert "尚未结束" in early.json()["detail"]
    ancient = await client.post("/reports/monthly/runs", reader, json={"day": "1900-01-01"})
    assert (ancient.status_code, ancient.json()["code"]) == (422, "report.before_records")
    assert "1900-01-01 至 1900-01-31" in ancient.json()["detail"]


async def test_a_subscription_follows_its_holder_and_ends(wuxi: World) -> None:
    account = new_id()
    whole = chief(wuxi, actor_id=account)
    await wuxi.client.send("PUT", "/reports/monthly/subscription", whole)
    await wuxi.client.send("PUT", "/reports/monthly/subscription", whole)
    moved = chief(wuxi, actor_id=account, org_path="/binhu/")
    assert (await wuxi.client.get("/reports", moved)).json()[0]["subscribed"] is True
    async with wuxi.client.context.db.transaction(wuxi.tenant.id) as session:
        repository = ReportRepository(session, wuxi.tenant.id)
        assert [(row.report, row.scope) for row in await repository.scopes()] == [("monthly", "/binhu/")]
    assert (await wuxi.client.send("DELETE", "/reports/monthly/subscription", moved)).status_code == 204
    with set_to(due_next_month()):
        await make_due_reports(wuxi.client.context, wuxi.tenant.id)
    assert await runs(wuxi, moved) == []


async def test_a_making_that_was_given_up_can_be_asked_for_again(wuxi: World) -> None:
    reader = chief(wuxi)
    day = {"day": (today().replace(day=1) - timedelta(days=1)).isoformat()}
    await wuxi.client.post("/reports/monthly/runs", reader, json=day)
    await _execute(wuxi, "UPDATE task SET state = 'failed', finished_at = now(), problem = '{}'")
    assert [run["state"] for run in await runs(wuxi, reader)] == ["failed"]
    again = await wuxi.client.post("/reports/monthly/runs", reader, json=day)
    assert again.json()["state"] == "making"
    await work(wuxi)
    assert [run["state"] for run in await runs(wuxi, reader)] == ["ready"]


def test_a_workbook_holds_numbers_and_no_formulas() -> None:
    target = io.BytesIO()
    write_book(
        target,
        [
            BookSheet("甲/乙", ["一", "二"], [["=1+1", Decimal("1234.50")], ["x", 7]], "注"),
            BookSheet("甲 乙", ["三"], []),
        ],
    )
    book = openpyxl.load_workbook(io.BytesIO(target.getvalue()))
    assert book.sheetnames == ["甲 乙", "甲 乙 2"]
    sheet = book["甲 乙"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert (sheet["B2"].value, sheet["B3"].value) == (1234.5, 7)
