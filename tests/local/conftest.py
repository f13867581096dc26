"""Homes in short-lived folders, and one running PostgreSQL for the tests that only look at it."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from huzhu.home import Home
from huzhu.parts import EmbeddedPostgres

MEMORY = Path("/dev/shm")
ROOM_BYTES = 2 * 1024**3


def _new_home() -> Home:
    # In memory where there is room: these tests end processes, not the machine, so that no disk is needed.
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES
    # mkdtemp closes the folder to others: as root this also tests that PostgreSQL's user passes it.
    return Home(Path(tempfile.mkdtemp(prefix="huzhu-local-", dir=MEMORY if in_memory else None)) / "home")


@pytest.fixture
def home() -> Iterator[Home]:
    made = _new_home()
    yield made
    shutil.rmtree(made.path.parent, ignore_errors=True)


@pytest.fixture(scope="module")
def kept_home() -> Iterator[Home]:
    """One home for the tests of a module, each of which finds what the one before has left."""
    made = _new_home()
    yield made
    shutil.rmtree(made.path.parent, ignore_errors=True)


@pytest.fixture(scope="module")
async def shared_postgres() -> AsyncIterator[EmbeddedPostgres]:
    made = _new_home()
    async with EmbeddedPostgres(made) as postgres:
        yield postgres
    shutil.rmtree(made.path.parent, ignore_errors=True)
