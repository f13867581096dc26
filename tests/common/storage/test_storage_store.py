"""The object store against a real S3 server."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from uuid import UUID

import pytest
from pydantic import SecretStr

from common.crypto import Tampered
from common.ids import new_id
from common.settings import CommonSettings
from common.storage import (
    ObjectMissing,
    ObjectStore,
    StorageRefused,
    StorageUnavailable,
    object_name,
    read_sealed,
    write_sealed,
)
from common.storage.multipart import PART_BYTES

MIB = 1024 * 1024
BIG = os.urandom(2 * PART_BYTES + 5)
KEY = bytes(range(32))


async def stream(data: bytes, size: int = 300_000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def read(source: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in source])


@pytest.fixture
def name() -> str:
    return object_name(new_id(), "files", new_id())


@pytest.mark.parametrize("size", [0, 1, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, len(BIG)])
async def test_objects_of_any_size_come_back(store: ObjectStore, name: str, size: int) -> None:
    assert await store.put(name, stream(BIG[:size]), content_type="image/jpeg") == size
    assert await read(store.get(name)) == BIG[:size]
    assert (await store.stat(name)).size == size


async def test_a_range_is_read_alone(store: ObjectStore, name: str) -> None:
    await store.put(name, stream(BIG[:MIB]))
    assert await read(store.get(name, start=100, length=1000)) == BIG[100:1100]
    assert await read(store.get(name, start=MIB - 5)) == BIG[MIB - 5 : MIB]
    assert await read(store.get(name, length=0)) == b""


async def test_reading_can_be_left_early(store: ObjectStore, name: str) -> None:
    await store.put(name, stream(BIG))
    for _ in range(20):  # more often than there are threads or connections
        async with aclosing(store.get(name)) as chunks:
            assert BIG.startswith(await anext(chunks))


async def test_what_is_not_there_is_said_so(store: ObjectStore, name: str) -> None:
    with pytest.raises(ObjectMissing):
        await read(store.get(name))
    with pytest.raises(ObjectMissing):
        await store.stat(name)
    await store.delete(name)


async def test_removed_objects_are_gone_alone_and_by_prefix(store: ObjectStore) -> None:
    tenant, other = new_id(), new_id()
    names = [object_name(tenant, "uploads", "u", str(n)) for n in range(3)]
    kept = [object_name(tenant, "uploads", "u2", "0"), object_name(other, "uploads", "u", "0")]
    for each in names + kept:
        await store.put_bytes(each, b"x")
    await store.delete(names[0])
    assert await store.names(object_name(tenant, "uploads", "u")) == names[1:]
    await store.delete_all(object_name(tenant, "uploads", "u"))
    await store.delete_all(object_name(tenant, "uploads", "u"))
    assert await store.names(object_name(tenant, "uploads", "u")) == []
    for each in kept:
        assert (await store.stat(each)).size == 1


@pytest.mark.parametrize("sent", [100, PART_BYTES + 100, 2 * PART_BYTES + 1])
async def test_a_source_that_breaks_off_leaves_no_object(store: ObjectStore, name: str, sent: int) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield BIG[:sent]
        raise RuntimeError("the sender went away")

    with pytest.raises(RuntimeError):
        await store.put(name, broken())
    with pytest.raises(ObjectMissing):
        await store.stat(name)


async def test_memory_is_bounded(store: ObjectStore, name: str) -> None:
    """No more than a part and a chunk have been asked of the source before a part is sent."""
    asked, sent = 0, 0
    ahead = 0
    plain_run = store._threads.run

    async def run(call: object, *args: object, **options: object) -> object:
        nonlocal sent
        sent += max((len(each) for each in args if isinstance(each, bytes)), default=0)
        return await plain_run(call, *args, **options)  # type: ignore[arg-type]

    async def source() -> AsyncIterator[bytes]:
        nonlocal asked, ahead
        for start in range(0, len(BIG), MIB):
            asked += MIB
            ahead = max(ahead, asked - sent)
            yield BIG[start : start + MIB]

    store._threads.run = run  # type: ignore[method-assign, assignment]
    try:
        await store.put(name, source())
    finally:
        del store._threads.run
    assert sent >= 2 * PART_BYTES
    assert ahead <= PART_BYTES + 2 * MIB


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "a",
        "files/a",
        f"{UUID(int=1)}",
        f"{UUID(int=1)}/",
        f"{UUID(int=1)}/../x",
        f"{UUID(int=1)}/a//b",
        "/x",
    ],
)
async def test_names_begin_with_a_tenant_and_climb_nowhere(store: ObjectStore, bad: str) -> None:
    with pytest.raises(ValueError, match="name"):
        await store.put_bytes(bad, b"x")
    with pytest.raises(ValueError, match="name"):
        await read(store.get(bad))
    with pytest.raises(ValueError, match="name"):
        object_name(UUID(int=1), "..")


async def test_a_store_that_is_away_is_a_matter_of_trying_again(settings: CommonSettings, name: str) -> None:
    away = ObjectStore.connect(settings.model_copy(update={"s3_endpoint": "127.0.0.1:9"}), "x")
    for attempt in (away.put(name, stream(b"x")), away.stat(name), away.delete(name), read(away.get(name))):
        with pytest.raises(StorageUnavailable) as raised:
            await attempt
        assert isinstance(raised.value, OSError)
    away.close()


async def test_wrong_keys_are_refused_and_not_a_matter_of_trying_again(
    settings: CommonSettings, name: str
) -> None:
    wrong = ObjectStore.connect(settings.model_copy(update={"s3_secret_key": SecretStr("wrong")}), "x")
    with pytest.raises(StorageRefused):
        await wrong.put(name, stream(b"x"))
    wrong.close()


async def test_many_at_once_share_the_threads(store: ObjectStore) -> None:
    tenant = new_id()

    async def one(number: int) -> bool:
        name = object_name(tenant, "files", str(number))
        await store.put(name, stream(BIG[number : number + 70_000]))
        return await read(store.get(name)) == BIG[number : number + 70_000]

    assert all(await asyncio.gather(*(one(number) for number in range(40))))


async def test_files_are_stored_encrypted_and_bound_to_their_name(store: ObjectStore, name: str) -> None:
    content = b"receipt " * 40_000
    file = await write_sealed(store, name, stream(content), key=KEY)
    assert (file.name, file.size) == (name, len(content))
    raw = await read(store.get(name))
    assert b"receipt" not in raw
    assert await read(read_sealed(store, name, key=KEY)) == content
    with pytest.raises(Tampered):
        await read(read_sealed(store, name, key=bytes(32)))
    other = object_name(new_id(), "files", "x")
    await store.put_bytes(other, raw)
    with pytest.raises(Tampered):
        await read(read_sealed(store, other, key=KEY))
    await store.put_bytes(name, raw[:-1])
    with pytest.raises(Tampered):
        await read(read_sealed(store, name, key=KEY))
