"""The reporting interface: a union's machine reads facts without persons, of its own union and branch only."""

import csv
import io
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from claims.reporting.auth import MOST_PER_MINUTE
from claims.reporting.endpoints import _cell
from claims.reporting.rules import KeyText, digest_of, is_secret, secret_of
from common.auth import ActorKind
from common.clock import set_to, today
from common.contracts.enrollment import ContributionReceived
from common.contracts.identity import UnitApproved, UnitFact
from common.db import without_tenant_filter
from common.ids import new_id

from .world import FUND, PRODUCT, World, card_number, id_number

FACTS = ("/reporting/v1/days", "/reporting/v1/claims", "/reporting/v1/units", "/reporting/v1/products",
         "/reporting/v1/funds")  # fmt: skip
pytestmark = pytest.mark.feature("P.07")


@pytest_asyncio.fixture
async def wuxi(union: Callable[[str], Awaitable[World]]) -> World:
    return await union("wuxi")


def admin(world: World) -> Any:
    return world.client.mint.actor(world.tenant, "claims.reporting.manage")


async def make(world: World, **body: Any) -> dict[str, Any]:
    answer = await world.client.post("/reporting/keys", admin(world), json={"name": "数据中台", **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def read(world: World, path: str, key: str, **params: Any) -> Any:
    return await world.client.http.get(path, params=params, headers={"Authorization": f"Bearer {key}"})


async def items(world: World, path: str, key: str, **params: Any) -> list[dict[str, Any]]:
    answer = await read(world, path, key, **params)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def paid(unit_id: Any, amount: str) -> ContributionReceived:
    return ContributionReceived(
        contribution_id=new_id(), order_id=new_id(), order_number="1", fund=FUND, product_code=PRODUCT,
        unit_id=unit_id, amount=Decimal(amount), received_on=today(),
    )  # fmt: skip


@given(
    st.from_regex(r"[a-z][a-z0-9-]{1,30}", fullmatch=True), st.uuids(), st.binary(min_size=32, max_size=32)
)
def test_a_key_is_read_as_it_was_written(tenant: str, key_id: Any, random: bytes) -> None:
    key = KeyText(tenant, key_id, secret_of(random))
    assert KeyText.parse(str(key)) == key
    assert is_secret(key.secret, digest_of(key.secret)) and not is_secret(
        key.secret + "x", digest_of(key.secret)
    )


@pytest.mark.parametrize(
    "wrong", ["", "hzr_", "hzr_wuxi_x_y", "hzr_wuxi_1234", "abc_wuxi_" + "0" * 32 + "_s"]
)
def test_what_is_no_key_is_none(wrong: str) -> None:
    assert KeyText.parse(wrong) is None


async def test_facts_without_persons(wuxi: World) -> None:
    await wuxi.fund("1000.00")
    person = await wuxi.cover("欧阳晓霞")
    claim = await wuxi.approved(person)
    key = (await make(wuxi))["key"]
    [day] = [row for row in await items(wuxi, FACTS[0], key) if row["contributions"] != "0.00"]
    assert (day["contributions"], day["product_code"], day["day"]) == (
        "1000.00",
        PRODUCT,
        today().isoformat(),
    )
    [fact] = await items(wuxi, FACTS[1], key)
    assert (fact["id"], fact["status"], fact["kind"]) == (claim["id"], "approved", "hospital")
    assert fact["submitted_on"] == today().isoformat() and Decimal(fact["amount"]) > 0
    [unit] = await items(wuxi, FACTS[2], key)
    assert (unit["name"], unit["org_path"]) == ("无锡测试机械", "/binhu/")
    assert {row["code"] for row in await items(wuxi, FACTS[3], key)} == {
        p.code for p in wuxi.tenant.pack.products
    }
    [fund] = await items(wuxi, FACTS[4], key)
    assert (fund["fund"], fund["bank"]) == (FUND, "1000.00")
    everything = "".join([(await read(wuxi, path, key)).text for path in FACTS])
    personal = ("欧阳晓霞", id_number(person.serial), card_number(person.serial), str(person.id), "7141957131",
                person.policy.number, str(claim["number"]))  # fmt: skip
    assert not [value for value in personal if value in everything]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"), ("-1-1", "'-1-1"), ("-", "'-"),
        ("-Infinity", "'-Infinity"),
        ("+1", "'+1"), ("@SUM(A1)", "'@SUM(A1)"), ("\n=1", "'\n=1"), ("＝1", "'＝1"),
        ("-12.50", "-12.50"), (-3, "-3"), (Decimal("-0.01"), "-0.01"), ("江苏-无锡", "江苏-无锡"), (None, ""),
    ],
)  # fmt: skip
def test_a_cell_is_no_formula_and_an_amount_stays_one(value: object, cell: str) -> None:
    assert _cell(value) == cell


async def test_pages_and_csv(wuxi: World) -> None:
    units = [
        UnitFact(unit_id=new_id(), name=f"单位{n}", credit_code=str(n), org_path="/binhu/", status="approved")
        for n in range(6)
    ] + [UnitFact(unit_id=new_id(), name="=cmd()", credit_code="x", org_path="/binhu/", status="approved")]
    await wuxi.tell(*[UnitApproved(unit=unit) for unit in units])
    key = (await make(wuxi))["key"]
    seen: list[str] = []
    cursor = None
    while True:
        page = (await read(wuxi, FACTS[2], key, limit=3, **({"cursor": cursor} if cursor else {}))).json()
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 8
    table = await read(wuxi, FACTS[2], key, format="csv", limit=5)
    assert table.headers["content-type"].startswith("text/csv") and table.headers["next-cursor"]
    rows = list(csv.DictReader(io.StringIO(table.text.lstrip("\ufeff"))))
    assert len(rows) == 5 and set(rows[0]) == {"id", "name", "org_path"}
    assert "'=cmd()" in {row["name"] for row in rows}, "nothing a spreadsheet would execute"
    assert (await read(wuxi, FACTS[2], key, cursor="?")).json()["code"] == "page.cursor_invalid"


async def test_a_key_of_a_branch_reads_its_branch(wuxi: World) -> None:
    far = UnitFact(unit_id=new_id(), name="新吴电子", credit_code="Y", org_path="/xinwu/", status="approved")
    await wuxi.tell(UnitApproved(unit=far), paid(wuxi.unit_id, "100.00"), paid(far.unit_id, "40.00"))
    await wuxi.approved(await wuxi.cover())
    key = (await make(wuxi, scope="/xinwu/"))["key"]
    assert [row["name"] for row in await items(wuxi, FACTS[2], key)] == ["新吴电子"]
    assert [row["contributions"] for row in await items(wuxi, FACTS[0], key)] == ["40.00"]
    assert await items(wuxi, FACTS[1], key) == []
    funds = await read(wuxi, FACTS[4], key)
    assert funds.status_code == 403, "funds are the whole union's"
    unknown = await wuxi.client.post("/reporting/keys", admin(wuxi), json={"name": "x", "scope": "/nowhere/"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "reporting.branch_unknown")


async def test_one_unions_key_never_reads_another(wuxi: World, other: World) -> None:
    await wuxi.fund("1000.00")
    await wuxi.approved(await wuxi.cover())
    await other.fund("77.00")
    mine, theirs = (await make(wuxi)), (await make(other))
    # with the repositories' own filter off the database alone must hold
    with without_tenant_filter():
        answers = [await read(other, path, theirs["key"]) for path in FACTS]
    assert [answer.status_code for answer in answers] == [200] * len(FACTS)
    shown = "".join(answer.text for answer in answers)
    assert "1000.00" not in shown and str(wuxi.unit_id) not in shown and "77.00" in shown
    # the secret of one union under the name or id of another opens nothing
    stolen, own = KeyText.parse(mine["key"]), KeyText.parse(theirs["key"])
    assert stolen and own
    for forged in (
        KeyText(own.tenant, stolen.key_id, stolen.secret),
        KeyText(stolen.tenant, own.key_id, stolen.secret),
        KeyText(own.tenant, own.key_id, stolen.secret),
        KeyText("no-such-union", stolen.key_id, stolen.secret),
    ):
        refused = await read(wuxi, FACTS[0], str(forged))
        assert (refused.status_code, refused.json()["code"]) == (401, "reporting.key_refused")
    keys = (await other.client.get("/reporting/keys", admin(other))).json()["items"]
    assert [key["id"] for key in keys] == [theirs["id"]]
    assert (
        await other.client.send("DELETE", f"/reporting/keys/{mine['id']}", admin(other))
    ).status_code == 404
    assert (await read(wuxi, FACTS[0], mine["key"])).status_code == 200


async def test_a_key_ends_by_itself_and_at_once(wuxi: World) -> None:
    short, long = await make(wuxi, days=1), await make(wuxi, days=731)
    with set_to(datetime.now(UTC) + timedelta(days=2)):
        assert (await read(wuxi, FACTS[2], short["key"])).status_code == 401
        assert (await read(wuxi, FACTS[2], long["key"])).status_code == 200
    for _ in range(2):
        gone = await wuxi.client.send("DELETE", f"/reporting/keys/{long['id']}", admin(wuxi))
        assert gone.status_code == 204
    assert (await read(wuxi, FACTS[2], long["key"])).status_code == 401
    listed = {
        key["id"]: key for key in (await wuxi.client.get("/reporting/keys", admin(wuxi))).json()["items"]
    }
    assert listed[short["id"]]["works"] is True and listed[long["id"]]["works"] is False
    assert listed[long["id"]]["last_used_on"] is not None and listed[short["id"]]["last_used_on"] is None


async def test_the_secret_is_shown_once_and_kept_nowhere(wuxi: World) -> None:
    made = await make(wuxi)
    secret = KeyText.parse(made["key"]).secret  # type: ignore[union-attr]
    listed = (await wuxi.client.get("/reporting/keys", admin(wuxi))).text
    async with wuxi.client.context.db.transaction(wuxi.tenant.id) as session:
        kept = [str(row) for row in await session.execute(text("SELECT * FROM reporting_key"))]
        audit = [row.detail for row in await session.execute(text("SELECT detail FROM audit_entry"))]
    assert (
        secret not in listed
        and secret not in json.dumps(audit)
        and not [row for row in kept if secret in row]
    )


async def test_who_keeps_keys_and_who_is_refused(wuxi: World) -> None:
    client = wuxi.client
    reader = client.mint.actor(wuxi.tenant, "claims.statistics.read")
    branch = client.mint.actor(wuxi.tenant, "claims.reporting.manage", org_path="/binhu/")
    member = client.mint.actor(wuxi.tenant, "claims.reporting.manage", kind=ActorKind.MEMBER)
    for actor, status in ((None, 401), (reader, 403), (branch, 403), (member, 403)):
        assert (await client.post("/reporting/keys", actor, json={"name": "x"})).status_code == status
        assert (await client.get("/reporting/keys", actor)).status_code == status
    for body in (
        {"name": ""},
        {"name": "x", "days": 0},
        {"name": "x", "days": 5000},
        {"name": "x", "scope": "binhu"},
    ):
        assert (await client.post("/reporting/keys", admin(wuxi), json=body)).status_code == 422
    for path in FACTS:
        assert (await client.get(path, reader)).status_code == 401, "a person's token is no key"
        assert (await client.get(path)).json()["code"] == "reporting.key_refused"
        assert (await client.http.get(path, headers={"X-Api-Key": "hzr_x"})).status_code == 401


async def test_a_key_that_asks_too_fast_is_slowed_down(wuxi: World) -> None:
    key = (await make(wuxi))["key"]
    other = (await make(wuxi))["key"]
    parsed = KeyText.parse(key)
    assert parsed
    import time

    minutes = [int(time.time() // 60) + n for n in (0, 1)]
    for minute in minutes:
        await wuxi.client.context.redis.set(f"reporting:{parsed.key_id}:{minute}", MOST_PER_MINUTE, ex=120)
    refused = await read(wuxi, FACTS[3], key)
    assert (refused.status_code, refused.json()["code"]) == (429, "reporting.too_many_reads")
    assert refused.headers["retry-after"] == "60"
    assert (await read(wuxi, FACTS[3], other)).status_code == 200
