"""A migration while people work: it gives way to whoever holds the table, and nobody waits behind it (row P.10)."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from common.db.alembic_env import LOCK_MILLISECONDS
from common.db.migrate import downgrade, upgrade

from ..conftest import ROOT, Parts
from .conftest import Place

SECONDS = 60.0
NEXT = '''
"""A column more, and an index."""

from alembic import op

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE message ADD COLUMN planted text")
    op.execute("CREATE INDEX message_planted ON message (tenant_id, planted)")


def downgrade() -> None:
    op.execute("ALTER TABLE message DROP COLUMN planted")
'''
BESIDE = '''
"""An index on a large table."""

from alembic import op

from common.db.migrations import create_index_beside

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_index_beside("message_planted", "message (tenant_id, id)")


def downgrade() -> None:
    op.execute("DROP INDEX message_planted")
'''
VALID = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('message_planted')")
COLUMNS = text(
    "SELECT count(*) FROM information_schema.columns WHERE table_name = 'message' AND column_name = 'planted'"
)


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The service's migrations and one more."""
    copy = tmp_path / "migrations"
    shutil.copytree(ROOT / "services" / "notify" / "migrations", copy)
    head = max(path.name for path in (copy / "versions").glob("*.py"))[:4]
    written = getattr(request, "param", NEXT).format(head=head)
    (copy / "versions" / "9999_planted.py").write_text(written, encoding="utf-8")
    return copy


@asynccontextmanager
async def members_at_work(place: Place) -> AsyncIterator[list[int]]:
    """A member who looks at the inbox again and again; yields the states of the answers.

    The last look ends, too: one that was cancelled may leave its transaction open, and an index is then waited for.
    """
    states: list[int] = []
    stop = asyncio.Event()
    reader = place.client.mint.actor(place.tenant, "notify.message.read_own")

    async def look() -> None:
        while not stop.is_set():
            states.append((await place.client.get("/messages", reader)).status_code)
            await asyncio.sleep(0.01)

    task = asyncio.create_task(look())
    try:
        yield states
    finally:
        stop.set()
        await task


async def more(states: list[int], count: int) -> None:
    """Wait until so many requests more were answered."""
    until = len(states) + count
    async with asyncio.timeout(SECONDS):
        while len(states) < until:
            await asyncio.sleep(0.01)


async def planted(place: Place) -> int:
    async with place.client.context.db.transaction(place.tenant.id) as session:
        return int((await session.execute(COLUMNS)).scalar_one())


@pytest.mark.feature("P.10")
async def test_a_migration_gives_way_and_nobody_waits_behind_it(
    place: Place, folder: Path, parts: Parts, environment: dict[str, str]
) -> None:
    url = environment["NOTIFY_OWNER_DATABASE_URL"]
    db = place.client.context.db
    try:
        async with members_at_work(place) as states:
            async with db.transaction(place.tenant.id) as long:
                await long.execute(text("SELECT count(*) FROM message"))  # holds the table until its end
                migration = asyncio.create_task(asyncio.to_thread(upgrade, folder, url))
                await place.somebody_waits("mode = 'AccessExclusiveLock'")
                await more(states, 30)
                assert not migration.done() and await planted(place) == 0
            async with asyncio.timeout(SECONDS):
                await migration
            assert await planted(place) == 1
            await place.deliver(place.policies(3))  # the code that runs knows nothing of the column
            assert await place.send() == 3
            await asyncio.to_thread(downgrade, folder, url, "-1")
            await more(states, 5)
            assert await planted(place) == 0
        assert set(states) == {200}
    finally:
        if await planted(place):
            with suppress(Exception):
                await asyncio.to_thread(downgrade, folder, url, "-1")


async def valid(place: Place) -> bool | None:
    async with place.client.context.db.transaction(place.tenant.id) as session:
        return (await session.execute(VALID)).scalar_one_or_none()


@pytest.mark.feature("P.10")
@pytest.mark.parametrize("folder", [BESIDE], indirect=True)
async def test_an_index_is_built_while_everybody_writes_and_also_where_a_try_was_ended(
    place: Place, folder: Path, parts: Parts, environment: dict[str, str]
) -> None:
    url = environment["NOTIFY_OWNER_DATABASE_URL"]
    try:
        async with members_at_work(place) as states:
            async with place.client.context.db.transaction(place.tenant.id) as long:
                await long.execute(text("UPDATE message SET attempts = attempts"))  # a writer who takes long
                migration = asyncio.create_task(asyncio.to_thread(upgrade, folder, url))
                await place.somebody_waits("locktype IN ('virtualxid', 'transactionid')")
                await asyncio.sleep(LOCK_MILLISECONDS / 1000 + 0.5)
                await more(states, 10)
                await place.deliver(place.policies(2))
                assert await place.send() == 2, "who writes does not wait for the index"
                assert not migration.done() and not await valid(place)
            async with asyncio.timeout(SECONDS):
                await migration
        assert set(states) == {200} and await valid(place)
        await asyncio.to_thread(downgrade, folder, url, "-1")
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        await connection.execute(
            "CREATE INDEX message_planted ON message (tenant_id)"
        )  # of a try that was ended
        await connection.close()
        await asyncio.to_thread(upgrade, folder, url)
        assert await valid(place)
    finally:
        if await valid(place) is not None:
            with suppress(Exception):
                await asyncio.to_thread(downgrade, folder, url, "-1")
