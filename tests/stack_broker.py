"""The session's real Apache Kafka: started at its first use, skipped with a clear word where it can't run."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from huzhu.home import Home
from huzhu.parts import EmbeddedKafka
from huzhu.parts.kafka import available

MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 * 1024**3


def short_lived_home(prefix: str, *, on_disk: bool = False) -> Home:
    """Return a home in memory where there is room: tests end processes, not the machine. Benches want the disk."""
    in_memory = not on_disk and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    return Home(Path(tempfile.mkdtemp(prefix=prefix, dir=MEMORY if in_memory else None)) / "home")


def skip_without_kafka() -> None:
    """Skip the test where Java or Maven is missing."""
    if (reason := available()) is not None:
        pytest.skip(f"Apache Kafka cannot run here: {reason}")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def broker() -> AsyncIterator[EmbeddedKafka]:
    """The broker that tests share; those that kill one start their own. `broker.servers` is its address."""
    skip_without_kafka()
    home = short_lived_home("huzhu-kafka-")
    try:
        async with EmbeddedKafka(home) as kafka:
            yield kafka
    finally:
        shutil.rmtree(home.path.parent, ignore_errors=True)
