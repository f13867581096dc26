"""The audit log: chained without forks, there exactly with its transaction, every alteration found."""

import asyncio
import time
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.audit import AuditHead, AuditRefused, head, record, verify
from common.audit.models import AuditEntry
from common.audit.rules import checked
from common.audit.search import Search, found
from common.auth import Actor
from common.db import Database
from common.ids import new_id


async def write(db: Database, tenant: UUID, count: int = 1, **detail: object) -> None:
    async with db.transaction(tenant) as session:
        for number in range(count):
            await record(
                session,
                actor_id=new_id(),
                action="member.revealed",
                subject=f"person:{new_id()}",
                detail={"number": number, "reason": "核对 材料", **detail},
            )


async def alter(owner_db: Database, statement: str, tenant: UUID, **values: object) -> None:
    async with owner_db.transaction(None) as session:
        result = await session.execute(text(statement), {"tenant": tenant, **values})
        assert result.rowcount > 0  # type: ignore[attr-defined]


async def test_an_untouched_log_is_intact_and_counts_from_one(db: Database, tenant: UUID) -> None:
    await write(db, tenant, 3)
    await write(db, tenant, 2)
    async with db.transaction(tenant) as session:
        verdict = await verify(session)
        assert verdict.intact
        assert verdict.entries == verdict.head.seq == 5
        assert await head(session) == verdict.head


async def test_what_the_system_does_is_the_system_s_by_either_name(db: Database, tenant: UUID) -> None:
    async with db.transaction(tenant) as session:
        for actor in ("system", Actor.system(tenant).id):
            await record(session, actor_id=actor, action="payment.received", subject=f"payment:{new_id()}")
    async with db.transaction(tenant) as session:
        entries = await found(session, Search(equal={"actor_id": "system"}), limit=10)
        assert [entry.seq for entry in entries] == [2, 1]


async def test_an_empty_log_is_intact(db: Database) -> None:
    async with db.transaction(new_id()) as session:
        assert (await verify(session)).intact
        assert await head(session) == AuditHead(0, bytes(32))


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_entry SET actor_id = 'another' WHERE tenant_id = :tenant AND seq = 4", 4),
        ("UPDATE audit_entry SET subject = 'person:x' WHERE tenant_id = :tenant AND seq = 1", 1),
        ("UPDATE audit_entry SET action = 'x' WHERE tenant_id = :tenant AND seq = 6", 6),
        (
            "UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE tenant_id = :tenant AND seq = 3",
            3,
        ),
        (
            """UPDATE audit_entry SET detail = detail || '{"number": 9}' WHERE tenant_id = :tenant AND seq = 2""",
            2,
        ),
        ("UPDATE audit_entry SET hash = previous_hash WHERE tenant_id = :tenant AND seq = 5", 5),
        ("UPDATE audit_entry SET previous_hash = hash WHERE tenant_id = :tenant AND seq = 5", 5),
        ("DELETE FROM audit_entry WHERE tenant_id = :tenant AND seq = 3", 3),
        ("DELETE FROM audit_entry WHERE tenant_id = :tenant AND seq = 1", 1),
        (
            "INSERT INTO audit_entry SELECT tenant_id, seq + 1, at, actor_id, action, subject, detail, hash, hash "
            "FROM audit_entry WHERE tenant_id = :tenant AND seq = 6",
            7,
        ),
        (
            "UPDATE audit_entry a SET (at, actor_id, action, subject, detail, previous_hash, hash) = (SELECT at, "
            "actor_id, action, subject, detail, previous_hash, hash FROM audit_entry b WHERE "
            "b.tenant_id = a.tenant_id AND b.seq = 7 - a.seq) WHERE tenant_id = :tenant AND seq IN (3, 4)",
            3,
        ),
        (  # closing the gap of a removed entry by renumbering
            "WITH gone AS (DELETE FROM audit_entry WHERE tenant_id = :tenant AND seq = 6) UPDATE audit_entry "
            "SET seq = 7 WHERE tenant_id = :tenant AND seq = 5",
            5,
        ),
    ],
)
async def test_every_alteration_is_found_where_it_begins(
    db: Database, owner_db: Database, tenant: UUID, statement: str, broken: int
) -> None:
    await write(db, tenant, 6)
    await alter(owner_db, statement, tenant)
    async with db.transaction(tenant) as session:
        verdict = await verify(session)
    assert verdict.broken_seq == broken
    assert verdict.entries == broken - 1
    assert verdict.reason
    if statement.startswith("DELETE"):
        assert verdict.reason == "missing"


async def test_an_entry_of_another_tenant_does_not_fit_in(
    db: Database, owner_db: Database, tenant: UUID
) -> None:
    other = new_id()
    await write(db, other, 1)
    await alter(
        owner_db, "UPDATE audit_entry SET tenant_id = :tenant WHERE tenant_id = :other", tenant, other=other
    )
    async with db.transaction(tenant) as session:
        assert (await verify(session)).broken_seq == 1


async def test_a_cut_off_end_and_a_rewritten_chain_are_found_by_an_anchor(
    db: Database, owner_db: Database, tenant: UUID
) -> None:
    await write(db, tenant, 4)
    async with db.transaction(tenant) as session:
        anchor = await head(session)
        assert (await verify(session, anchor=anchor)).intact
    await alter(owner_db, "DELETE FROM audit_entry WHERE tenant_id = :tenant AND seq > 2", tenant)
    async with db.transaction(tenant) as session:
        assert (await verify(session)).intact  # the chain alone cannot know
        assert (await verify(session, anchor=anchor)).broken_seq == 3
    await write(db, tenant, 5)
    async with db.transaction(tenant) as session:
        assert (await verify(session)).intact
        assert (await verify(session, anchor=anchor)).broken_seq == 4


async def test_the_app_role_can_neither_change_nor_remove(db: Database, tenant: UUID) -> None:
    await write(db, tenant)
    for statement in (
        "UPDATE audit_entry SET action = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with db.transaction(tenant) as session:
                await session.execute(text(statement))


async def test_writers_at_once_never_fork_the_chain_and_do_not_wait_for_each_other_s_work(
    db: Database, tenant: UUID
) -> None:
    async def slow_use_case() -> None:
        async with db.transaction(tenant) as session:
            await record(session, actor_id="system", action="claim.approved", subject="claim:1")
            await session.execute(text("SELECT pg_sleep(0.2)"))

    started = time.perf_counter()
    await asyncio.gather(*(slow_use_case() for _ in range(15)))
    elapsed = time.perf_counter() - started
    async with db.transaction(tenant) as session:
        verdict = await verify(session)
    assert verdict.intact
    assert verdict.entries == 15
    assert elapsed < 15 * 0.2, "a lock held during the work would make it at least that"


async def test_an_entry_goes_with_its_transaction(db: Database, tenant: UUID) -> None:
    with pytest.raises(RuntimeError):
        async with db.transaction(tenant) as session:
            await record(session, actor_id="system", action="a", subject="s")
            raise RuntimeError
    async with db.transaction(tenant) as session:
        await record(session, actor_id="system", action="lost", subject="s")
        await session.rollback()
        await session.execute(text("SELECT set_config('app.tenant', :t, true)"), {"t": str(tenant)})
        await record(session, actor_id="system", action="kept", subject="s")
    async with db.transaction(tenant) as session:
        actions = (await session.execute(text("SELECT action FROM audit_entry"))).scalars().all()
        assert list(actions) == ["kept"]


async def test_an_entry_in_a_savepoint_goes_with_the_savepoint(db: Database, tenant: UUID) -> None:
    async with db.transaction(tenant) as session:
        await record(session, actor_id="system", action="before", subject="s")
        with pytest.raises(RuntimeError):
            async with session.begin_nested():
                await record(session, actor_id="system", action="lost", subject="s")
                raise RuntimeError
        async with session.begin_nested():
            await record(session, actor_id="system", action="kept", subject="s")
        await session.begin_nested()  # left open: the commit closes it
        await record(session, actor_id="system", action="open", subject="s")
    async with db.transaction(tenant) as session:
        actions = (await session.execute(text("SELECT action FROM audit_entry ORDER BY seq"))).scalars().all()
        assert sorted(actions) == ["before", "kept", "open"]
        assert (await verify(session)).intact


async def test_what_was_recorded_before_a_savepoint_outlives_its_rollback(db: Database, tenant: UUID) -> None:
    async with db.transaction(tenant) as session:
        await record(session, actor_id="system", action="before", subject="s")
        with pytest.raises(RuntimeError):
            async with session.begin_nested():
                async with session.begin_nested():
                    await record(session, actor_id="system", action="lost", subject="s")
                raise RuntimeError
    async with db.transaction(tenant) as session:
        actions = (await session.execute(text("SELECT action FROM audit_entry"))).scalars().all()
        assert list(actions) == ["before"]


async def test_a_session_without_a_tenant_is_refused(db: Database) -> None:
    async with db.transaction(None) as session:
        with pytest.raises(RuntimeError):
            await record(session, actor_id="system", action="a", subject="s")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text('abc王 \n"\\é😀', max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=4), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
async def test_any_detail_verifies_after_it_went_through_the_database(db: Database, value: object) -> None:
    tenant_id = new_id()
    await write(db, tenant_id, value=value)
    async with db.transaction(tenant_id) as session:
        assert (await verify(session)).intact


def test_ids_days_and_amounts_become_texts() -> None:
    person = new_id()
    assert checked(
        {"person": person, "on": date(2026, 1, 31), "amount": Decimal("600.00"), "ok": True, "n": 3}
    ) == {
        "person": str(person),
        "on": "2026-01-31",
        "amount": "600.00",
        "ok": True,
        "n": 3,
    }


@pytest.mark.parametrize(
    "detail",
    [
        {"note": "证件 320200198801011234 已核对"},
        {"note": "32020019880101123X"},
        {"numbers": [13812345678]},
        {"numbers": {"a": ["138 1234 5678"]}},
        {"note": "6222 0210 0100 0123 456"},
        {"mobile": "unknown"},
        {"holder_id_number": "x"},
        {"13812345678": "x"},
        {"note": "a@example.com"},
        {"note": "\0"},
        {"amount": 1.5},
    ],
)
async def test_personal_values_are_refused_and_not_repeated(
    db: Database, tenant: UUID, detail: dict[str, object]
) -> None:
    async with db.transaction(tenant) as session:
        with pytest.raises(AuditRefused) as raised:
            await record(session, actor_id="system", action="a", subject="s", detail=detail)
        with pytest.raises(AuditRefused):
            await record(session, actor_id="system", action="a", subject="person:320200198801011234")
    assert not any(part in str(raised.value) for part in ("3202", "1381", "138 ", "6222", "@"))


def test_ids_are_never_taken_for_personal_numbers() -> None:
    for _ in range(20_000):
        identifier = str(new_id())
        assert checked({"id": identifier}) == {"id": identifier}


async def test_an_entry_in_a_savepoint_holds_nobody_up(db: Database, tenant: UUID) -> None:
    async with db.transaction(tenant) as session:
        async with session.begin_nested():
            await record(session, actor_id="system", action="second", subject="s")
        async with asyncio.timeout(20), db.transaction(tenant) as other:
            await record(other, actor_id="system", action="first", subject="s")
    assert await actions_of(db, tenant) == ["first", "second"]


async def test_a_flush_that_fails_in_a_savepoint_takes_only_the_savepoints_entries(
    db: Database, tenant: UUID
) -> None:
    async with db.transaction(tenant) as session:
        await record(session, actor_id="system", action="before", subject="s")
        with pytest.raises(DBAPIError):
            async with session.begin_nested():
                await record(session, actor_id="system", action="lost", subject="s")
                session.add(AuditEntry(tenant_id=tenant, seq=1))
                await session.flush()
    assert await actions_of(db, tenant) == ["before"]


async def actions_of(db: Database, tenant: UUID) -> list[str]:
    async with db.transaction(tenant) as session:
        found = await session.execute(text("SELECT action FROM audit_entry ORDER BY seq"))
        return list(found.scalars().all())
