"""Homes in short-lived folders, and one running PostgreSQL for the tests that only look at it."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from huzhu.home import Home
from huzhu.parts import EmbeddedPostgres


def _new_home() -> Home:
    # mkdtemp closes the folder to others: as root this also tests that PostgreSQL's user passes it.
    return Home(Path(tempfile.mkdtemp(prefix="huzhu-local-")) / "home")


@pytest.fixture
def home() -> Iterator[Home]:
    made = _new_home()
    yield made
    shutil.rmtree(made.path.parent, ignore_errors=True)


@pytest.fixture
def second_home() -> Iterator[Home]:
    made = _new_home()
    yield made
    shutil.rmtree(made.path.parent, ignore_errors=True)


@pytest.fixture(scope="module")
async def shared_postgres() -> AsyncIterator[EmbeddedPostgres]:
    made = _new_home()
    async with EmbeddedPostgres(made) as postgres:
        yield postgres
    shutil.rmtree(made.path.parent, ignore_errors=True)
