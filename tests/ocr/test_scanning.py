"""The malware scan: clamd's own protocol spoken with a server of a few lines, the stand-in, and what is refused."""

import asyncio
import io
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ocr.errors import DocumentInfected, ScannerAway
from ocr.extras import scanner_of
from ocr.scanning.scanner import EICAR, ClamdScanner, NoScanner, SandboxScanner, Scanner, make_scanner
from ocr.settings import OcrSettings

from . import files
from .world import World


class Clamd:
    """Speaks INSTREAM as clamd does: counted blocks until an empty one, then one answer and the end."""

    def __init__(self, *, limit: int = 10_000_000, answer: bytes | None = None) -> None:
        self.limit, self.answer = limit, answer
        self.received = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        while size := struct.unpack(">I", await reader.readexactly(4))[0]:
            self.received += await reader.readexactly(size)
            if len(self.received) > self.limit:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                break
        else:
            found = b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if EICAR in self.received else b"stream: OK\0"
            writer.write(self.answer if self.answer is not None else found)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def running(clamd: Clamd) -> AsyncIterator[ClamdScanner]:
    server = await asyncio.start_server(clamd.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        yield ClamdScanner(f"127.0.0.1:{port}", seconds=5)


async def test_clamd_gets_the_whole_file_and_its_verdict_counts() -> None:
    data = bytes(range(256)) * 1000
    clamd = Clamd()
    async with running(clamd) as scanner:
        await scanner.scan(io.BytesIO(data))
    assert clamd.received == data
    async with running(Clamd()) as scanner:
        with pytest.raises(DocumentInfected):
            await scanner.scan(io.BytesIO(b"%PDF-1.4 " + EICAR))


@pytest.mark.parametrize(
    "clamd", [Clamd(limit=100), Clamd(answer=b"")], ids=["over its limit", "ends without a word"]
)
async def test_without_a_verdict_nothing_is_taken(clamd: Clamd) -> None:
    async with running(clamd) as scanner:
        with pytest.raises(ScannerAway):
            await scanner.scan(io.BytesIO(bytes(500_000)))


async def test_nobody_answers() -> None:
    for address in ("127.0.0.1:1", "/nonexistent/clamd.sock"):
        with pytest.raises(ScannerAway):
            await ClamdScanner(address, seconds=2).scan(io.BytesIO(b"x"))


async def test_a_silent_scanner_is_not_waited_for_for_ever() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        await asyncio.sleep(30)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        with pytest.raises(ScannerAway):
            await ClamdScanner(f"127.0.0.1:{port}", seconds=0.3).scan(io.BytesIO(b"x"))
    finally:
        server.close()


@pytest.mark.parametrize(
    ("name", "kind"), [("none", NoScanner), ("sandbox", SandboxScanner), ("clamd", ClamdScanner)]
)
def test_the_settings_choose(world: World, name: str, kind: type[object]) -> None:
    given = world.client.context.settings.model_copy(update={"scanner": name})
    assert isinstance(given, OcrSettings) and isinstance(make_scanner(given), kind)


@asynccontextmanager
async def scanned_by(world: World, scanner: Scanner) -> AsyncIterator[None]:
    extras = world.client.context.extras
    before = scanner_of(world.client.context)
    extras["scanner"] = scanner
    try:
        yield
    finally:
        extras["scanner"] = before


async def test_an_infected_file_is_refused_and_nothing_is_stored(world: World) -> None:
    from .test_resumable import take, uploaded

    member = world.member()
    infected = files.jpeg() + EICAR
    upload_id = await uploaded(world, member, infected)
    async with scanned_by(world, SandboxScanner()):
        for response in (await world.upload(member, infected), await take(world, member, upload_id)):
            assert (response.status_code, response.json()["code"]) == (422, "document.infected")
        await world.stored(member, files.png())
    assert await world.count_documents() == 1
    assert len([name for name in await world.object_names() if "/documents/" in name]) == 1


async def test_while_the_scanner_is_away_nothing_is_taken(world: World) -> None:
    async with scanned_by(world, ClamdScanner("127.0.0.1:1", seconds=1)):
        response = await world.upload(world.member())
    assert (response.status_code, response.json()["code"]) == (503, "document.scanner_away")
    assert await world.count_documents() == 0
