"""Resumable uploads without HTTP: offsets, races, checksums, expiry, clearing away."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from starlette.requests import ClientDisconnect

from common.clock import now, set_to
from common.crypto import Keyring, Tampered
from common.db import Database
from common.errors import NotFound
from common.ids import new_id
from common.storage import ObjectMissing, ObjectStore, object_name, read_sealed
from common.storage.uploads import ResumableUploads, Transactions, Upload
from common.storage.uploads.errors import (
    TooManyUploads,
    UploadChecksumMismatch,
    UploadDamaged,
    UploadExpired,
    UploadHeaderInvalid,
    UploadIncomplete,
    UploadOffsetConflict,
    UploadPurposeUnknown,
    UploadTooLarge,
)
from common.storage.uploads.parts import cut
from common.storage.uploads.rules import Checksum, parse_checksum, parse_metadata, parse_sha256, parse_size

from .conftest import PART

ACTOR = new_id()
KEY = bytes(range(32))
DATA = os.urandom(3 * PART + 777)


@pytest.fixture
def transactions(db: Database, tenant: UUID) -> Transactions:
    return partial(db.transaction, tenant)


async def body(data: bytes, *, size: int = 10_000, then: Exception | None = None) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]
    if then:
        raise then


async def begin(
    uploads: ResumableUploads, transactions: Transactions, data: bytes = DATA, **options: object
) -> Upload:
    async with transactions() as session:
        return await uploads.create(
            session,
            actor_id=ACTOR,
            **{"purpose": "evidence", "length": len(data), "content_type": "image/jpeg"} | options,  # type: ignore[arg-type]
        )


async def send(
    uploads: ResumableUploads,
    transactions: Transactions,
    upload: Upload,
    offset: int,
    source: AsyncIterator[bytes],
    **options: object,
) -> Upload:
    return await uploads.append(
        transactions, upload.id, actor_id=ACTOR, offset=offset, body=source, **options
    )  # type: ignore[arg-type]


async def look(uploads: ResumableUploads, transactions: Transactions, upload: Upload) -> Upload:
    async with transactions() as session:
        return await uploads.find(session, upload.id, actor_id=ACTOR)


async def finished(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore, upload: Upload
) -> bytes:
    async with transactions() as session:
        file = await uploads.finish(session, upload.id, actor_id=ACTOR, purpose=upload.purpose, key=KEY)
    content = b"".join([chunk async for chunk in read_sealed(store, file.name, key=KEY)])
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    return content


async def test_pieces_become_one_encrypted_file(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore, tenant: UUID
) -> None:
    data = b"plain text of a receipt " * 9000
    upload = await begin(uploads, transactions, data, sha256=hashlib.sha256(data).hexdigest())
    half = await send(uploads, transactions, upload, 0, body(data[:100_000]))
    assert half.received == 100_000
    assert (await send(uploads, transactions, upload, 100_000, body(data[100_000:]))).received == len(data)
    names = await store.names(upload.folder)
    assert len(names) >= 4
    assert all(each.startswith(f"{tenant}/uploads/") for each in names)
    for each in names:
        assert b"receipt" not in b"".join([chunk async for chunk in store.get(each)])
    async with transactions() as session:
        parsed = await uploads.content(session, await uploads.find(session, upload.id, actor_id=ACTOR))
        assert b"".join([chunk async for chunk in parsed]) == data
    assert await finished(uploads, transactions, store, upload) == data
    assert await finished(uploads, transactions, store, upload) == data  # asked again: the same file


async def test_the_declared_name_is_sealed(
    uploads: ResumableUploads, transactions: Transactions, keyring: Keyring
) -> None:
    upload = await begin(uploads, transactions, name="王小明的票据.jpg")
    async with transactions() as session:
        row = (
            await session.execute(text("SELECT name, key FROM upload WHERE id = :id"), {"id": upload.id})
        ).one()
        assert "王" not in row.name
        assert await keyring.open(session, row.name, context="upload.name") == "王小明的票据.jpg"


async def test_an_old_or_future_offset_is_a_conflict_that_says_where_to_go_on(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore
) -> None:
    upload = await begin(uploads, transactions)
    await send(uploads, transactions, upload, 0, body(DATA[:5000]))
    for wrong in (0, 4999, 5001):
        with pytest.raises(UploadOffsetConflict) as raised:
            await send(uploads, transactions, upload, wrong, body(DATA[wrong:]))
        assert raised.value.params == {"offset": 5000}
        assert raised.value.headers == {"Upload-Offset": "5000"}
    assert UploadOffsetConflict.headers == {}
    assert len(await store.names(upload.folder)) == 1
    await send(uploads, transactions, upload, 5000, body(DATA[5000:]))
    assert await finished(uploads, transactions, store, upload) == DATA


async def test_of_many_at_once_one_wins_and_nothing_is_mixed(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore
) -> None:
    for _ in range(3):
        upload = await begin(uploads, transactions)
        sent = [DATA if sender % 2 else bytes(len(DATA)) for sender in range(8)]
        results = await asyncio.gather(
            *(send(uploads, transactions, upload, 0, body(each)) for each in sent), return_exceptions=True
        )
        winners = [each for each, result in zip(sent, results, strict=True) if isinstance(result, Upload)]
        assert len(winners) == 1
        assert sum(isinstance(result, UploadOffsetConflict) for result in results) == 7
        assert await finished(uploads, transactions, store, upload) == winners[0]
        assert len(await store.names(upload.folder)) == len(
            range(0, len(DATA), PART)
        )  # the losers cleaned up


async def test_what_came_before_the_line_broke_is_kept(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore
) -> None:
    upload = await begin(uploads, transactions)
    with pytest.raises(ClientDisconnect):
        await send(uploads, transactions, upload, 0, body(DATA[: PART + 123], then=ClientDisconnect()))
    assert (await look(uploads, transactions, upload)).received == PART + 123
    await send(uploads, transactions, upload, PART + 123, body(DATA[PART + 123 :]))
    assert await finished(uploads, transactions, store, upload) == DATA


async def test_more_than_announced_is_refused(uploads: ResumableUploads, transactions: Transactions) -> None:
    upload = await begin(uploads, transactions)
    with pytest.raises(UploadTooLarge):
        await send(uploads, transactions, upload, 0, body(DATA + b"x"))
    received = (await look(uploads, transactions, upload)).received
    assert received <= len(DATA)
    with pytest.raises(UploadTooLarge):
        await send(uploads, transactions, upload, received, body(bytes(10 * len(DATA))))


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"length": 20 * 1024 * 1024 + 1}, UploadTooLarge),
        ({"purpose": "roster", "length": 1025}, UploadTooLarge),
        ({"purpose": "other"}, UploadPurposeUnknown),
        ({"content_type": "text/html"}, UploadPurposeUnknown),
    ],
)
async def test_only_what_a_purpose_allows_is_begun(
    uploads: ResumableUploads, transactions: Transactions, options: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        await begin(uploads, transactions, **options)


async def test_unfinished_uploads_of_a_sender_are_limited(
    uploads: ResumableUploads, transactions: Transactions
) -> None:
    for _ in range(3):
        upload = await begin(uploads, transactions, purpose="roster", length=10)
    with pytest.raises(TooManyUploads):
        await begin(uploads, transactions, purpose="roster", length=10)
    await uploads.terminate(transactions, upload.id, actor_id=ACTOR)
    await begin(uploads, transactions, purpose="roster", length=10)


@pytest.mark.parametrize("algorithm", ["sha256", "sha1"])
async def test_a_checksum_makes_it_all_or_nothing(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore, algorithm: str
) -> None:
    upload = await begin(uploads, transactions)
    right = Checksum(algorithm, hashlib.new(algorithm, DATA).digest())
    damaged = DATA[:-1] + bytes([DATA[-1] ^ 1])
    with pytest.raises(UploadChecksumMismatch):
        await send(uploads, transactions, upload, 0, body(damaged), checksum=right)
    with pytest.raises(ClientDisconnect):
        await send(uploads, transactions, upload, 0, body(DATA[:-5], then=ClientDisconnect()), checksum=right)
    assert (await look(uploads, transactions, upload)).received == 0
    await send(uploads, transactions, upload, 0, body(DATA), checksum=right)
    assert await finished(uploads, transactions, store, upload) == DATA


async def test_a_file_that_is_not_the_announced_one_is_not_kept(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore, tenant: UUID
) -> None:
    upload = await begin(uploads, transactions, sha256="0" * 64)
    await send(uploads, transactions, upload, 0, body(DATA))
    with pytest.raises(UploadDamaged):
        await finished(uploads, transactions, store, upload)
    with pytest.raises(ObjectMissing):
        await store.stat(object_name(tenant, "files", upload.id))


async def test_an_unfinished_upload_is_not_taken(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore
) -> None:
    upload = await begin(uploads, transactions)
    await send(uploads, transactions, upload, 0, body(DATA[:-1]))
    with pytest.raises(UploadIncomplete):
        await finished(uploads, transactions, store, upload)
    async with transactions() as session:
        with pytest.raises(UploadPurposeUnknown):
            await uploads.finish(session, upload.id, actor_id=ACTOR, purpose="roster", key=KEY)


async def test_an_empty_file_is_complete_at_once(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore
) -> None:
    upload = await begin(uploads, transactions, b"")
    assert await finished(uploads, transactions, store, upload) == b""


async def test_somebody_elses_upload_is_not_there(
    uploads: ResumableUploads, transactions: Transactions, db: Database
) -> None:
    upload = await begin(uploads, transactions)
    elsewhere = partial(db.transaction, new_id())
    for who, where in ((new_id(), transactions), (ACTOR, elsewhere)):
        with pytest.raises(NotFound):
            await uploads.append(where, upload.id, actor_id=who, offset=0, body=body(DATA))
        with pytest.raises(NotFound):
            await uploads.terminate(where, upload.id, actor_id=who)
        async with where() as session:
            with pytest.raises(NotFound):
                await uploads.find(session, upload.id, actor_id=who)
            with pytest.raises(NotFound):
                await uploads.finish(session, upload.id, actor_id=who, purpose="evidence", key=KEY)


async def test_a_part_that_the_store_altered_is_found(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore
) -> None:
    upload = await begin(uploads, transactions)
    await send(uploads, transactions, upload, 0, body(DATA))
    first, second = (await store.names(upload.folder))[:2]
    moved = b"".join([chunk async for chunk in store.get(first)])
    await store.put_bytes(second, moved)
    with pytest.raises(Tampered):
        await finished(uploads, transactions, store, upload)


async def test_time_and_the_sender_end_an_upload_and_nothing_stays(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore
) -> None:
    given_up, forgotten, taken, running = [await begin(uploads, transactions) for _ in range(4)]
    for upload in (given_up, forgotten, taken):
        await send(uploads, transactions, upload, 0, body(DATA))
    await uploads.terminate(transactions, given_up.id, actor_id=ACTOR)
    assert await store.names(given_up.folder) == []
    assert await finished(uploads, transactions, store, taken) == DATA
    orphan = object_name(given_up.tenant_id, "uploads", given_up.id, "late")
    await store.put_bytes(orphan, b"a part whose request was killed")
    assert await uploads.sweep(transactions) == 0
    with pytest.raises(UploadExpired):
        await look(uploads, transactions, given_up)
    with set_to(now() + timedelta(hours=2)):
        running = await begin(uploads, transactions)
    with set_to(now() + timedelta(hours=25, minutes=30)):
        for upload in (given_up, forgotten):
            with pytest.raises(UploadExpired):
                await send(uploads, transactions, upload, upload.length, body(b""))
            with pytest.raises(UploadExpired):
                await uploads.terminate(transactions, upload.id, actor_id=ACTOR)
        assert await uploads.sweep(transactions) == 4
        assert await uploads.sweep(transactions) == 0
        for upload in (given_up, forgotten, taken):
            assert await store.names(upload.folder) == []
        assert await finished(uploads, transactions, store, taken) == DATA
        await send(uploads, transactions, running, 0, body(DATA))
        async with transactions() as session:
            keys = (
                (await session.execute(text("SELECT id FROM upload WHERE key IS NOT NULL"))).scalars().all()
            )
            assert keys == [running.id]


async def test_a_file_that_was_written_and_never_committed_is_cleared_away(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore
) -> None:
    upload = await begin(uploads, transactions)
    await send(uploads, transactions, upload, 0, body(DATA))
    with pytest.raises(RuntimeError):
        async with transactions() as session:
            file = await uploads.finish(session, upload.id, actor_id=ACTOR, purpose="evidence", key=KEY)
            raise RuntimeError("killed before the commit")
    assert (await store.stat(file.name)).size > 0
    with set_to(now() + timedelta(hours=26)):
        await uploads.sweep(transactions)
    with pytest.raises(ObjectMissing):
        await store.stat(file.name)


async def test_clearing_away_goes_on_after_the_store_was_away(
    uploads: ResumableUploads, transactions: Transactions, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await begin(uploads, transactions)
    await send(uploads, transactions, upload, 0, body(DATA))
    with set_to(now() + timedelta(hours=26)):
        with monkeypatch.context() as patched:
            patched.setattr(store, "delete_all", store.stat)
            with pytest.raises(ObjectMissing):
                await uploads.sweep(transactions)
        assert await uploads.sweep(transactions) == 1
    assert await store.names(upload.folder) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=50), max_size=8), st.integers(1, 40))
async def test_a_body_is_cut_without_losing_a_byte(chunks: list[bytes], size: int) -> None:
    async def source() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    blocks = [block async for block in cut(source(), size=size, limit=1000)]
    assert b"".join(blocks) == b"".join(chunks)
    assert all(len(block) == size for block in blocks[:-1])
    assert all(0 < len(block) <= size for block in blocks)


def test_headers_are_read_strictly() -> None:
    assert parse_metadata(None) == {}
    assert parse_metadata("purpose ZXZpZGVuY2U=,is_confidential,filename 546LLmpwZw==") == {
        "purpose": "evidence",
        "is_confidential": "",
        "filename": "王.jpg",
    }
    for bad in ("a !", "a YQ==,a YQ==", ",", "a /w==", "é YQ==", "a " + "A" * 5000):
        with pytest.raises(UploadHeaderInvalid):
            parse_metadata(bad)
    assert parse_size("0", name="x") == 0
    for bad_size in (None, "", "-1", "1.5", "+1", "٣", "9" * 16):
        with pytest.raises(UploadHeaderInvalid):
            parse_size(bad_size, name="x")
    assert parse_checksum(None) is None
    for bad_sum in ("", "md5 AAAA", "sha1 AAAA", "sha256 !", "sha256"):
        with pytest.raises(UploadHeaderInvalid):
            parse_checksum(bad_sum)
    assert parse_sha256("A" * 64) == "a" * 64
    with pytest.raises(UploadHeaderInvalid):
        parse_sha256("abc")
