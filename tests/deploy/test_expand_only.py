"""Migrations only expand: the version before goes on working while, and after, the next one's schema comes."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from common.db.migrate import config_for, upgrade
from huzhu.home import SERVICES

from ..conftest import ROOT, Parts

COLUMNS = """SELECT table_name || '.' || column_name AS name, data_type, is_nullable = 'NO' AS required,
  column_default IS NOT NULL OR is_identity = 'YES' OR is_generated = 'ALWAYS' AS filled
  FROM information_schema.columns WHERE table_schema = 'public'"""


class Column(NamedTuple):
    """What an insert or a read of the version before relies on."""

    kind: str
    required: bool
    filled: bool


Schema = dict[str, Column]


def faults(before: Schema, after: Schema) -> list[str]:
    """Return what the version before would trip over."""
    tables = {name.split(".")[0] for name in before}
    found = [f"{name} is gone" for name in before if name not in after]
    for name, new in after.items():
        old = before.get(name)
        if old is None:
            if name.split(".")[0] in tables and new.required and not new.filled:
                found.append(f"{name} is required and the version before does not fill it")
        elif new.kind != old.kind:
            found.append(f"{name} was {old.kind} and is {new.kind}")
        elif new.required and not old.required:
            found.append(f"{name} may not be empty any more")
    return found


async def schema_of(dsn: str) -> Schema:
    connection = await asyncpg.connect(dsn)
    try:
        rows = await connection.fetch(COLUMNS)
    finally:
        await connection.close()
    return {row["name"]: Column(row["data_type"], row["required"], row["filled"]) for row in rows}


@pytest.mark.parametrize("service", SERVICES)
async def test_each_revision_only_expands(service: str, parts: Parts) -> None:
    database = f"huzhu_{service}_expand_{os.getpid()}"
    admin = await asyncpg.connect(parts.postgres.dsn())
    await admin.execute(f"CREATE DATABASE {database} OWNER {service}_owner")
    await admin.close()
    url = parts.environment()[f"{service.upper()}_OWNER_DATABASE_URL"].rsplit("/", 1)[0] + f"/{database}"
    folder = ROOT / "services" / service / "migrations"
    revisions = [
        one.revision for one in ScriptDirectory.from_config(config_for(folder, url)).walk_revisions()
    ]
    found, before = [], Schema()
    for revision in reversed(revisions):
        await asyncio.to_thread(upgrade, folder, url, revision)
        after = await schema_of(url.replace("+asyncpg", ""))
        found += [f"{revision}: {fault}" for fault in faults(before, after)]
        before = after
    assert len(before) > 50 and found == []


async def test_the_version_before_is_rolled_out_again_on_the_newer_schema(
    parts: Parts, tmp_path: Path
) -> None:
    """A roll-back calls its migration too: it leaves the schema as it is, and is no failure that stops the roll-out."""
    service = "notify"
    database = f"huzhu_{service}_back_{os.getpid()}"
    admin = await asyncpg.connect(parts.postgres.dsn())
    await admin.execute(f"CREATE DATABASE {database} OWNER {service}_owner")
    await admin.close()
    url = parts.postgres.dsn(database, f"{service}_owner", scheme="postgresql+asyncpg")
    new, old = ROOT / "services" / service / "migrations", tmp_path / "migrations"
    shutil.copytree(new, old)
    last = max(old.glob("versions/0*.py"))
    last.unlink()
    await asyncio.to_thread(upgrade, new, url)
    schema = await schema_of(url.replace("+asyncpg", ""))
    await asyncio.to_thread(upgrade, old, url)
    assert await schema_of(url.replace("+asyncpg", "")) == schema
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    assert await connection.fetchval("SELECT version_num FROM alembic_version") == last.name[:4]
    await connection.execute("UPDATE alembic_version SET version_num = '0000'")
    await connection.close()
    with pytest.raises(CommandError, match="0000"):
        await asyncio.to_thread(upgrade, old, url)


def test_planted_contractions_are_seen() -> None:
    before = {"claim.id": Column("uuid", True, False), "claim.note": Column("text", False, False)}
    assert (
        faults(
            before,
            {**before, "claim.more": Column("text", False, False), "other.id": Column("uuid", True, False)},
        )
        == []
    )
    assert faults(before, {**before, "claim.more": Column("text", True, True)}) == []
    assert faults(before, {"claim.id": before["claim.id"]}) == ["claim.note is gone"]
    assert faults(before, {**before, "claim.more": Column("text", True, False)})
    assert faults(before, {**before, "claim.note": Column("text", True, False)})
    assert faults(before, {**before, "claim.note": Column("jsonb", False, False)})
