"""Looks for malware before anything is stored. What is found is refused; when the scanner is away nothing is taken."""

import asyncio
import struct
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Protocol

from ..errors import DocumentInfected, ScannerAway
from ..settings import OcrSettings

BLOCK = 64 * 1024
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The harmless file that every scanner calls infected (eicar.org)."""


class Scanner(Protocol):
    """Reads a file from its beginning and raises DocumentInfected or ScannerAway, or returns."""

    async def scan(self, file: IO[bytes]) -> None:
        """Look into a file; its position afterwards is anywhere."""


class NoScanner:
    """Takes everything: the sniffing, the limits and the reading process of its own remain."""

    async def scan(self, file: IO[bytes]) -> None:
        """Return."""


class SandboxScanner:
    """Knows the EICAR test file only, for trying how a refusal looks."""

    async def scan(self, file: IO[bytes]) -> None:
        """Refuse a file with the test string anywhere in it."""
        file.seek(0)
        if EICAR in file.read():
            raise DocumentInfected


class ClamdScanner:
    """clamd over TCP or a socket file (`host:port` or a path), by its INSTREAM command."""

    def __init__(self, address: str, *, seconds: float) -> None:
        self._address = address
        self._seconds = seconds

    async def scan(self, file: IO[bytes]) -> None:
        """Send the file in blocks, each with its length before it, and read the verdict."""
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._ask(file)
        except (OSError, EOFError, TimeoutError):
            raise ScannerAway from None
        if answer.endswith(b"OK"):
            return
        raise DocumentInfected if answer.endswith(b"FOUND") else ScannerAway

    async def _ask(self, file: IO[bytes]) -> bytes:
        reader, writer = await self._connect()
        try:
            writer.write(b"zINSTREAM\0")
            # Over its limit clamd answers and closes in the middle of the stream: the answer is read all the same.
            with suppress(ConnectionError):
                for block in _blocks(file):
                    writer.write(struct.pack(">I", len(block)) + block)
                    await writer.drain()
                writer.write(struct.pack(">I", 0))
                await writer.drain()
            return (await reader.readuntil(b"\0")).rstrip(b"\0").strip()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._address.startswith("/"):
            return await asyncio.open_unix_connection(self._address)
        host, _, port = self._address.rpartition(":")
        return await asyncio.open_connection(host, int(port))


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(BLOCK):
        yield block


def make_scanner(settings: OcrSettings) -> Scanner:
    """Return the scanner that the settings name."""
    if settings.scanner == "clamd":
        return ClamdScanner(settings.clamd_address, seconds=settings.scan_seconds)
    return SandboxScanner() if settings.scanner == "sandbox" else NoScanner()
