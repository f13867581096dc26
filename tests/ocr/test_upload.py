"""Handing in a document: what is taken, what is refused, what the receipt says, what lies in the store."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from common import clock
from common.auth import Actor
from common.clock import now
from common.crypto import LinkExpired, LinkForged, verify
from common.ids import new_id

from . import files
from .world import UPLOAD, World


async def test_a_member_hands_in_a_picture(world: World) -> None:
    member = world.member()
    body = await world.stored(member, name="我的 发票.jpg")
    assert body["state"] == "stored" and body["media_type"] == "image/jpeg"
    read = await world.read(member, body["document_id"])
    assert read["filename"] == "我的 发票.jpg" and read["sha256"] == body["sha256"]
    [stored] = await world.events("ocr.document_stored.v1")
    assert stored["document_id"] == body["document_id"] and stored["person_id"] == str(member.person_id)
    assert stored["size"] == body["size"] == len(files.jpeg())


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (files.jpeg(), "image/jpeg"),
        (files.jpeg(progressive=True), "image/jpeg"),
        (files.png(), "image/png"),
        (files.pdf(), "application/pdf"),
        (files.ofd(), "application/ofd"),
    ],
    ids=["jpg", "progressive", "png", "pdf", "ofd"],
)
async def test_the_content_says_what_it_is(world: World, data: bytes, media_type: str) -> None:
    body = await world.stored(world.member(), data, name="wrong.txt")
    assert body["media_type"] == media_type


BAD = [
    (b"", "document.empty", 422),
    (b"just some text", "document.unsupported", 415),
    (b"GIF89a" + bytes(100), "document.unsupported", 415),
    (b"\xff\xd8\xff\xe0 this is no picture at all", "document.broken", 422),
    (files.jpeg((800, 600))[:-600], "document.broken", 422),
    (files.png()[:-30], "document.broken", 422),
    (files.bomb(), "document.too_many_pixels", 422),
    (files.bomb(10_000, 8_000), "document.too_many_pixels", 422),
    (b"%PDF-1.7\n" + b"1 0 obj " * 900, "document.broken", 422),
    (b"PK\x03\x04 no zip", "document.broken", 422),
    (files.ofd(root="word/document.xml"), "document.unsupported", 415),
    (files.ofd(filler=70_000_000), "document.unpacks_too_large", 422),
]


@pytest.mark.parametrize(("data", "code", "status"), BAD, ids=[f"{i}-{c}" for i, (_, c, _) in enumerate(BAD)])
async def test_a_bad_file_is_refused_and_nothing_is_stored(
    world: World, data: bytes, code: str, status: int
) -> None:
    response = await world.upload(world.member(), data)
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert await world.count_documents() == 0
    assert await world.object_names() == []
    assert await world.events("ocr.document_stored.v1") == []


async def test_a_hundred_megabytes_are_refused_with_the_limit_named(world: World) -> None:
    response = await world.upload(world.member(), bytes(100_000_000))
    assert response.status_code == 413
    assert response.json()["code"] == "document.too_large" and "10 MB" in response.json()["detail"]
    assert await world.object_names() == []


async def test_the_limit_of_the_unions_pack_counts(world: World) -> None:
    limit = 10_000_000
    good = await world.upload(world.member(), files.jpeg().ljust(limit, b"\0"))
    assert good.status_code == 201, good.text
    large = await world.upload(world.member(), files.jpeg().ljust(limit + 1, b"\0"))
    assert (large.status_code, large.json()["code"]) == (413, "document.too_large")
    assert "10 MB" in large.json()["detail"] and "压缩" in large.json()["detail"]
    assert await world.count_documents() == 1


async def test_a_hundred_megabytes_without_a_length_are_refused_at_the_limit(world: World) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1_000_000
            yield files.jpeg().ljust(1_000_000, b"\0")

    headers = {**world.client.mint.headers(world.member()), "Idempotency-Key": str(new_id())}
    headers |= {"Content-Type": "application/octet-stream"}
    response = await world.client.http.post("/documents", content=endless(), headers=headers)
    assert response.status_code == 413 and "10 MB" in response.json()["detail"]
    assert await world.object_names() == []


async def test_a_body_that_is_not_raw_is_refused(world: World) -> None:
    for content_type in ("application/json", "multipart/form-data; boundary=x"):
        response = await world.upload(world.member(), headers={"Content-Type": content_type})
        assert (response.status_code, response.json()["code"]) == (415, "document.body_not_raw")


async def test_a_filename_that_is_none_is_refused(world: World) -> None:
    for name in ("%ff%fe", "x" * 300, "a%00b"):
        response = await world.upload(world.member(), headers={"X-Filename": name})
        assert response.json()["code"] == "document.filename_invalid"


async def test_anonymous_without_permission(world: World) -> None:
    assert (await world.upload(None)).status_code == 401
    refused = await world.upload(world.member("claims.claim.submit"))
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.not_permitted")


@pytest.mark.feature("N.10")
async def test_sent_twice_is_one_document(world: World) -> None:
    member, key = world.member(), str(new_id())
    first = await world.stored(member, once=key)
    again = await world.stored(member, once=key)
    assert first == again
    assert await world.count_documents() == 1 and len(await world.object_names()) == 1


async def test_sent_twice_at_once_is_one_document(world: World) -> None:
    member, key = world.member(), str(new_id())
    answers = await asyncio.gather(*(world.stored(member, once=key) for _ in range(4)))
    assert len({answer["document_id"] for answer in answers}) == 1
    assert await world.count_documents() == 1 and len(await world.object_names()) == 1


async def test_another_file_under_the_same_key_is_refused(world: World) -> None:
    """Also one of the same length."""
    member, key = world.member(), str(new_id())
    data = files.png(text="hello")
    await world.stored(member, data, once=key)
    other = await world.upload(member, files.png(text="world").ljust(len(data), b"\0"), once=key)
    assert other.json()["code"] == "idempotency.key_reused"
    assert await world.count_documents() == 1


async def test_without_a_key_it_is_refused_before_the_body_is_read(world: World) -> None:
    response = await world.upload(world.member(), headers={"Idempotency-Key": ""})
    assert response.json()["code"] == "idempotency.key_required"


def receipt_of(world: World, body: dict[str, str]) -> dict[str, object]:
    return verify("document-receipt", body["receipt"], world.link_key)


async def test_the_receipt_says_whose_it_is(world: World) -> None:
    member, handler, staff = world.member(), world.handler(), world.staff(UPLOAD)
    expected: list[tuple[Actor, UUID | None, UUID | None]] = [
        (member, member.person_id, None),
        (handler, None, handler.unit_id),
        (staff, None, None),
    ]
    for actor, person_id, unit_id in expected:
        body = await world.stored(actor)
        claims = receipt_of(world, body)
        assert claims == {
            "document_id": body["document_id"],
            "tenant_id": str(world.tenant.id),
            "owner_id": str(actor.id),
            "person_id": str(person_id) if person_id else None,
            "unit_id": str(unit_id) if unit_id else None,
            "sha256": body["sha256"],
            "media_type": "image/jpeg",
        }


async def test_a_receipt_cannot_be_forged_and_expires(world: World) -> None:
    body = await world.stored(world.member())
    version, claims, mac = body["receipt"].split(".")
    for forged in (f"{version}.{claims}x.{mac}", f"{version}.{claims}.{mac[:-2]}AA", "l1.a.b", ""):
        with pytest.raises(LinkForged):
            verify("document-receipt", forged, world.link_key)
    with pytest.raises(LinkForged):
        verify("document-link", body["receipt"], world.link_key)
    with clock.set_to(now() + timedelta(days=31)), pytest.raises(LinkExpired):
        verify("document-receipt", body["receipt"], world.link_key)


@pytest.mark.feature("N.07")
async def test_the_store_holds_ciphertext_only(world: World) -> None:
    data = files.jpeg(text="secret", comment=b"Zhang San 320211198503120019")
    await world.stored(world.member(), data, name="张三.jpg")
    [name] = await world.object_names()
    kept = await world.object_bytes(name)
    assert b"Zhang San" in data and b"Zhang San" not in kept
    assert kept.startswith(b"HZO1") and data[:64] not in kept and len(kept) > len(data)
    assert "张" not in name and "%" not in name


async def test_the_row_holds_no_plain_name(world: World) -> None:
    body = await world.stored(world.member(), name="张三的发票.jpg")
    row = await world.row(body["document_id"])
    assert row.filename is not None and "张三" not in row.filename


async def test_a_member_has_a_key_and_each_paper_of_a_unit_or_clerk_has_one(world: World) -> None:
    member = world.member()
    for actor in (member, world.handler(), world.staff(UPLOAD)):
        for _ in range(2):
            row = await world.row((await world.stored(actor))["document_id"])
            assert row.key_id == (member.person_id if actor is member else row.id)
