"""Tenant and person keys in a real database: tenants apart, rotation while running, erasure."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped

from common.crypto import (
    Keyring,
    KeyVersionConflict,
    MasterKeys,
    NoTenantKey,
    PersonErased,
    ResealProgress,
    SealedValues,
    Tampered,
    UnknownMasterKey,
    key_version,
    reseal_batch,
    rows_left,
    sealed_tables,
)
from common.crypto.persons import PersonKeys
from common.db import Base, Database, TenantRow
from common.errors import NotFound
from common.ids import new_id

FIELD = "sample.name"
VALUES = SealedValues(contexts=("sample.other", FIELD), kinds=("mobile", "name"))


class Sample(TenantRow, Base):
    __tablename__ = "sample"
    name: Mapped[str | None]
    name_index: Mapped[str | None]


async def store(db: Database, keyring: Keyring, tenant: UUID, count: int) -> None:
    async with db.transaction(tenant) as session:
        keys = await keyring.for_tenant(session)
        for number in range(count):
            name = f"name {number}"
            session.add(
                Sample(
                    tenant_id=tenant, name=keys.seal(name, context=FIELD), name_index=keys.blind("name", name)
                )
            )


async def rotate(db: Database, keyring: Keyring, tenant: UUID) -> None:
    async with db.transaction(tenant) as session:
        await keyring.add_version(session, tenant)


async def test_one_process_serves_many_tenants_without_mixing_keys(
    db: Database, keyring: Keyring, tenant: UUID
) -> None:
    other = new_id()
    async with db.transaction(other) as session:
        await keyring.add_version(session, other)
    tokens: dict[UUID, str] = {}
    for who in (tenant, other, tenant, other):
        async with db.transaction(who) as session:
            keys = await keyring.for_tenant(session)
            assert keys.tenant_id == who
            tokens[who] = keys.seal(str(who), context=FIELD)
    async with db.transaction(tenant) as session:
        assert await keyring.open(session, tokens[tenant], context=FIELD) == str(tenant)
        with pytest.raises(Tampered):
            await keyring.open(session, tokens[other], context=FIELD)


async def test_a_session_that_changes_its_tenant_gets_the_other_keys(
    db: Database, keyring: Keyring, tenant: UUID
) -> None:
    async with db.transaction(tenant) as session:
        await keyring.for_tenant(session)
        session.info["tenant_id"] = new_id()  # without telling the database: row-level security gives nothing
        with pytest.raises(NoTenantKey):
            await keyring.for_tenant(session)


async def test_a_tenant_without_a_key_and_a_session_without_tenant_are_refused(
    db: Database, keyring: Keyring
) -> None:
    for who in (new_id(), None):
        async with db.transaction(who) as session:
            with pytest.raises(NoTenantKey):
                await keyring.for_tenant(session)


async def test_a_new_version_is_seen_by_a_process_that_has_the_old_one_cached(
    db: Database, tenant: UUID
) -> None:
    master = MasterKeys({1: bytes(range(32))})
    here, there = Keyring(master), Keyring(master)
    async with db.transaction(tenant) as session:
        assert (await here.for_tenant(session)).versions == [1]
        await rotate(db, there, tenant)
        async with db.transaction(tenant) as elsewhere:
            token = (await there.for_tenant(elsewhere)).seal("value", context=FIELD)
        # in the middle of a transaction that read the keys before
        assert await here.open(session, token, context=FIELD) == "value"
    async with db.transaction(tenant) as session:
        keys = await here.for_tenant(session)
        assert keys.versions == [2, 1]
        assert key_version(keys.seal("value", context=FIELD)) == 2


async def test_a_version_that_was_rolled_back_and_made_again_is_not_taken_from_the_cache(
    db: Database, keyring: Keyring, tenant: UUID
) -> None:
    with pytest.raises(RuntimeError):
        async with db.transaction(tenant) as session:
            await keyring.add_version(session, tenant)
            lost = (await keyring.for_tenant(session)).seal("value", context=FIELD)
            raise RuntimeError
    await rotate(db, Keyring(MasterKeys({1: bytes(range(32))})), tenant)
    async with db.transaction(tenant) as session:
        assert (await keyring.for_tenant(session)).versions == [2, 1]
        with pytest.raises(Tampered):
            await keyring.open(session, lost, context=FIELD)


async def test_versions_made_at_once_are_different(db: Database, keyring: Keyring, tenant: UUID) -> None:
    await asyncio.gather(*(rotate(db, keyring, tenant) for _ in range(5)))
    async with db.transaction(tenant) as session:
        assert (await keyring.for_tenant(session)).versions == [6, 5, 4, 3, 2, 1]


async def test_a_key_of_another_service_is_accepted_once(
    db: Database, keyring: Keyring, tenant: UUID
) -> None:
    from common.crypto import new_tenant_key, unwrap_tenant_key, wrap_tenant_key

    master = MasterKeys({1: bytes(range(32)), 2: bytes(32)})
    wrapped = new_tenant_key(MasterKeys({1: bytes(range(32))}), tenant_id=tenant, version=2)
    again = wrap_tenant_key(
        master, unwrap_tenant_key(master, wrapped, tenant_id=tenant, version=2), tenant_id=tenant, version=2
    )
    newer = Keyring(master)
    for delivery in (wrapped, wrapped, again):
        async with db.transaction(tenant) as session:
            await newer.accept_version(session, tenant, version=2, wrapped=delivery)
    async with db.transaction(tenant) as session:
        assert (await newer.for_tenant(session)).versions == [2, 1]
        with pytest.raises(KeyVersionConflict):
            other = new_tenant_key(master, tenant_id=tenant, version=2)
            await newer.accept_version(session, tenant, version=2, wrapped=other)
        with pytest.raises(Tampered):
            await newer.accept_version(session, tenant, version=3, wrapped=wrapped)
        with pytest.raises(ValueError, match="that tenant"):
            await newer.accept_version(session, new_id(), version=3, wrapped=wrapped)


async def test_a_new_master_key_takes_over_and_the_old_can_go(
    db: Database, keyring: Keyring, tenant: UUID
) -> None:
    await store(db, keyring, tenant, 1)
    both = Keyring(MasterKeys({1: bytes(range(32)), 2: bytes(32)}))
    only_new = Keyring(MasterKeys({2: bytes(32)}))
    async with db.transaction(tenant) as session:
        with pytest.raises(UnknownMasterKey):
            await only_new.for_tenant(session)
        assert await both.rewrap(session) == 1
        assert await both.rewrap(session) == 0
    async with db.transaction(tenant) as session:
        row = (await session.execute(select(Sample).where(Sample.tenant_id == tenant))).scalar_one()
        assert await only_new.open(session, row.name or "", context=FIELD) == "name 0"


async def reseal_once(
    db: Database, keyring: Keyring, tenant: UUID, after: UUID | None, *, name: str = "sample"
) -> ResealProgress:
    async with db.transaction(tenant) as session:
        keys = await keyring.for_tenant(session)
        (table,) = [one for one in await sealed_tables(session) if one.name == name]
        return await reseal_batch(session, keys, table=table, values=VALUES, after=after, limit=2)


async def left(db: Database, keyring: Keyring, tenant: UUID) -> dict[str, int]:
    async with db.transaction(tenant) as session:
        keys = await keyring.for_tenant(session)
        return await rows_left(session, keys, await sealed_tables(session))


async def found(db: Database, keyring: Keyring, tenant: UUID, name: str) -> int:
    async with db.transaction(tenant) as session:
        keys = await keyring.for_tenant(session)
        matching = select(Sample).where(Sample.name_index.in_(keys.blinds("name", name)))
        return len((await session.execute(matching)).scalars().all())


async def test_resealing_is_restartable_and_search_finds_everything_meanwhile(
    db: Database, keyring: Keyring, tenant: UUID
) -> None:
    await store(db, keyring, tenant, 7)
    await rotate(db, keyring, tenant)
    await store(db, keyring, tenant, 2)
    assert await left(db, keyring, tenant) == {"sample": 7}
    first = await reseal_once(db, keyring, tenant, None)
    assert await left(db, keyring, tenant) == {"sample": 5}
    with pytest.raises(RuntimeError):
        async with db.transaction(tenant) as session:
            keys = await keyring.for_tenant(session)
            (table,) = [one for one in await sealed_tables(session) if one.name == "sample"]
            await reseal_batch(session, keys, table=table, values=VALUES, after=first.after)
            raise RuntimeError("killed")
    changed, after, finished = first.changed, None, False  # a restart does not know where it was
    while not finished:
        progress = await reseal_once(db, keyring, tenant, after)
        changed, after, finished = changed + progress.changed, progress.after, progress.after is None
        assert await found(db, keyring, tenant, "name 1") == 2
    assert changed == 7 and await left(db, keyring, tenant) == {}
    async with db.transaction(tenant) as session:
        keys = await keyring.for_tenant(session)
        rows = (await session.execute(select(Sample))).scalars().all()
        assert len(rows) == 9
        for row in rows:
            assert key_version(row.name or "") == 2
            assert row.name_index == keys.blind("name", keys.open(row.name or "", context=FIELD))


async def test_a_person_has_one_key_also_when_two_ask_first(
    db: Database, keyring: Keyring, tenant: UUID
) -> None:
    person, persons = new_id(), PersonKeys(keyring)

    async def obtain() -> bytes:
        async with db.transaction(tenant) as session:
            return await persons.obtain(session, person)

    keys = await asyncio.gather(*(obtain() for _ in range(6)))
    assert len(set(keys)) == 1
    assert len(keys[0]) == 32
    async with db.transaction(tenant) as session:
        assert await persons.find(session, person) == keys[0]
        assert await persons.obtain(session, new_id()) != keys[0]
        with pytest.raises(NotFound):
            await persons.find(session, new_id())


async def test_erasure_is_for_ever(db: Database, owner_db: Database, keyring: Keyring, tenant: UUID) -> None:
    person, persons = new_id(), PersonKeys(keyring)
    async with db.transaction(tenant) as session:
        await persons.obtain(session, person)
    for _ in range(2):
        async with db.transaction(tenant) as session:
            await persons.destroy(session, person)
    async with db.transaction(tenant) as session:
        for ask in (persons.find, persons.obtain):
            with pytest.raises(PersonErased):
                await ask(session, person)
        with pytest.raises(DBAPIError, match="permission denied"):
            await session.execute(text("DELETE FROM person_key"))
    async with owner_db.transaction(None) as session:
        row = (await session.execute(text("SELECT * FROM person_key WHERE id = :id"), {"id": person})).one()
        assert row.sealed is None
        assert row.destroyed_at is not None


async def test_a_person_key_does_not_move_to_another_person(
    db: Database, owner_db: Database, keyring: Keyring, tenant: UUID
) -> None:
    first, second, persons = new_id(), new_id(), PersonKeys(keyring)
    async with db.transaction(tenant) as session:
        await persons.obtain(session, first)
        await persons.obtain(session, second)
    async with owner_db.transaction(None) as session:
        await session.execute(
            text(
                "UPDATE person_key SET sealed = (SELECT sealed FROM person_key WHERE id = :b) WHERE id = :a"
            ),
            {"a": first, "b": second},
        )
    async with db.transaction(tenant) as session:
        with pytest.raises(Tampered):
            await persons.find(session, first)


async def test_person_keys_survive_the_rotation_of_the_tenant_key(
    db: Database, keyring: Keyring, tenant: UUID
) -> None:
    persons, people = PersonKeys(keyring), [new_id() for _ in range(5)]
    async with db.transaction(tenant) as session:
        before = [await persons.obtain(session, person) for person in people]
        await persons.destroy(session, people[4])
    await rotate(db, keyring, tenant)
    after: UUID | None = None
    while True:
        after = (await reseal_once(db, keyring, tenant, after, name="person_key")).after
        if after is None:
            break
    async with db.transaction(tenant) as session:
        await session.execute(text("DELETE FROM tenant_key WHERE version = 1"))
    async with db.transaction(tenant) as session:
        assert [await persons.find(session, person) for person in people[:4]] == before[:4]


async def test_a_row_that_somebody_changes_and_a_value_of_an_unknown_context_are_left_and_counted(
    db: Database, keyring: Keyring, tenant: UUID
) -> None:
    await store(db, keyring, tenant, 3)
    async with db.transaction(tenant) as session:
        keys = await keyring.for_tenant(session)
        session.add(Sample(tenant_id=tenant, name=keys.seal("x", context="unheard.of")))
    await rotate(db, keyring, tenant)
    async with db.transaction(tenant) as busy:
        held = (
            await busy.execute(select(Sample.id).order_by(Sample.id).limit(1).with_for_update())
        ).scalar_one()
        after: UUID | None = None
        while (after := (await reseal_once(db, keyring, tenant, after)).after) is not None:
            pass
        assert await left(db, keyring, tenant) == {"sample": 2}, "the one held and the one nobody can open"
    assert (await reseal_once(db, keyring, tenant, None)).changed == 1 and held
    assert await left(db, keyring, tenant) == {"sample": 1}
