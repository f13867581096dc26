"""What is kept and shown of a picture: no metadata, upright, small pictures, pages, and a fingerprint."""

import io
from typing import Any

import pytest
from PIL import Image, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

from common.ids import new_id
from ocr.documents.fingerprint import distance
from ocr.documents.pictures import prepare
from ocr.queue.lane import Lane
from ocr.queue.reader import Reader
from ocr.queue.repository import due_places

from . import files
from .test_recognizer import OwnLane
from .world import UPLOAD, World


def camera_jpeg(*, orientation: int = 1, appended: bytes = b"") -> bytes:
    """A photograph with the place it was taken at, the device and a preview, red at its upper left."""
    picture = Image.new("RGB", (400, 300), "white")
    picture.paste((220, 20, 20), (0, 0, 100, 75))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "SECRETPHONE"
    exif.get_ifd(0x8825).update({1: "N", 2: (IFDRational(31), IFDRational(34), IFDRational(12))})
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"SECRETNOTE", quality=90)
    return out.getvalue() + appended


def png_with_notes() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "SECRETPHONE")
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG", pnginfo=notes)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [camera_jpeg(), camera_jpeg(orientation=6), camera_jpeg(appended=b"SECRETVIDEO" * 50), png_with_notes()],
    ids=["jpg", "turned", "appended", "png"],
)
async def test_where_when_and_with_what_it_was_taken_is_not_kept(world: World, data: bytes) -> None:
    member = world.member()
    body = await world.stored(member, data)
    for path in ("content", "thumbnail"):
        shown = await world.client.get(f"/documents/{body['document_id']}/{path}", member)
        assert shown.status_code == 200 and b"SECRET" not in shown.content
        with Image.open(io.BytesIO(shown.content)) as picture:
            assert not picture.getexif()
            picture.load()
    content = await world.client.get(f"/documents/{body['document_id']}/content", member)
    assert int(content.headers["content-length"]) == len(content.content) == body["size"]


def test_a_picture_lying_on_its_side_is_set_upright() -> None:
    with Image.open(prepare(io.BytesIO(camera_jpeg(orientation=6)), "image/jpeg").file) as picture:
        assert picture.size == (300, 400)
        red = picture.convert("RGB").getpixel((280, 20))
        assert isinstance(red, tuple) and red[0] > 180 and red[1] < 80


def test_pixels_that_need_no_turning_are_not_touched() -> None:
    data = camera_jpeg()
    kept = prepare(io.BytesIO(data), "image/jpeg").file.read()
    assert len(kept) < len(data)
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(kept)) as after:
        assert before.tobytes() == after.tobytes()


def test_a_fingerprint_survives_compression_and_scaling_and_tells_papers_apart() -> None:
    def mark(data: bytes) -> str:
        return prepare(io.BytesIO(data), "image/jpeg").phash

    def again(data: bytes, quality: int, share: float) -> bytes:
        out = io.BytesIO()
        with Image.open(io.BytesIO(data)) as picture:
            size = (int(picture.width * share), int(picture.height * share))
            picture.convert("RGB").resize(size).save(out, "JPEG", quality=quality)
        return out.getvalue()

    photos = [path.read_bytes() for path in sorted(files.PHOTOS.glob("*.jpg"))]
    marks = [mark(photo) for photo in photos]
    for photo, known in zip(photos, marks, strict=True):
        assert distance(mark(again(photo, 40, 0.5)), known) <= 8
        assert distance(mark(again(photo, 80, 0.9)), known) <= 8
    assert min(distance(a, b) for i, a in enumerate(marks) for b in marks[:i]) > 10


async def test_the_fingerprint_stands_in_the_event(world: World) -> None:
    member = world.member()
    await world.stored(member, files.photo())
    await world.stored(member, files.pdf())
    first, second = await world.events("ocr.document_stored.v1")
    assert len(first["phash"]) == 16 and second["phash"] is None


class RealLane(OwnLane):
    """A lane of one world with a real reading process."""

    def __init__(self, world: World) -> None:
        Lane.__init__(self, world.client.context)
        self._world = world


@pytest.mark.feature("N.04")
async def test_pages_are_shown_as_they_were_read(world: World) -> None:
    member, staff = world.member(), world.staff()
    handed_in = [await world.stored(member, data, recognize=True) for data in (files.pdf(), files.photo())]
    ids = [document["document_id"] for document in handed_in]
    lane = RealLane(world)
    try:
        assert await lane.one() and await lane.one()
    finally:
        lane._reader.stop()
    for document_id in ids:
        read = await world.read(member, document_id)
        assert (read["pages"], read["thumbnail"], read["state"]) == (1, True, "recognized")
        for caller in (member, staff):
            page = await world.client.get(f"/documents/{document_id}/pages/0", caller)
            small = await world.client.get(f"/documents/{document_id}/thumbnail", caller)
            assert page.headers["content-type"] == small.headers["content-type"] == "image/jpeg"
            assert max(Image.open(io.BytesIO(page.content)).size) <= 1600
            assert max(Image.open(io.BytesIO(small.content)).size) <= 320
        missing = await world.client.get(f"/documents/{document_id}/pages/1", member)
        assert (missing.status_code, missing.json()["code"]) == (404, "document.picture_missing")
    events = await world.events("ocr.document_recognized.v1")
    assert all(len(event["phash"]) == 16 for event in events)
    assert isinstance(lane._reader, Reader) and not await due_places_of(world)


async def due_places_of(world: World) -> list[Any]:
    places = await due_places(world.client.context.relay_db, most=1000)
    return [place for place in places if place.tenant_id == world.tenant.id]


@pytest.mark.parametrize("part", ["thumbnail", "pages/0"])
async def test_pictures_are_for_those_who_may_see_the_document(world: World, other: World, part: str) -> None:
    member = world.member()
    body = await world.stored(member, files.photo())
    row = await world.row(body["document_id"])
    assert row.thumbnail and row.pages == 0
    path = f"/documents/{body['document_id']}/{part}"
    assert (await world.client.get(path)).status_code == 401
    for stranger in (world.member(), other.member(), other.staff(), world.staff(org_path="/a/")):
        assert (await world.client.get(path, stranger)).status_code == 404
    seen = {"thumbnail": 200, "pages/0": 404}[part]
    assert (await world.client.get(path, member)).status_code == seen
    link = world.link(body["document_id"])
    assert (await world.client.get(path, params={"link": link})).status_code == seen
    forged = world.link(str(new_id()))
    assert (await world.client.get(path, params={"link": forged})).status_code in {400, 403, 404}
    assert (await world.client.get(path, world.member(UPLOAD))).status_code == 404
