"""What the platform holds afterwards: through the API as each person sees it, and what is still under way."""

import asyncio
import hashlib
import time
from typing import Any

import asyncpg

from huzhu.home import SERVICES, Home
from huzhu.parts import EmbeddedPostgres

from .history import Found, World
from .load import TOLD
from .people import Account, Town

UNDER_WAY = {
    "outbox": "SELECT count(*) FROM outbox",
    "parked": "SELECT count(*) FROM parked_event",
    "dead": "SELECT count(*) FROM dead_letter",
}


async def under_way(home: Home) -> dict[str, int]:
    """Count what is on its way or was given up, in all services."""
    postgres, counted = EmbeddedPostgres(home).attach(), dict.fromkeys(UNDER_WAY, 0)
    for service in SERVICES:
        connection = await asyncpg.connect(postgres.dsn(f"huzhu_{service}"), timeout=30)
        try:
            for what, statement in UNDER_WAY.items():
                counted[what] += await connection.fetchval(statement)
        finally:
            await connection.close()
    return counted


async def until_quiet(home: Home, *, deadline: float) -> dict[str, int]:
    """Wait until nothing is on its way; return the last count."""
    end = time.monotonic() + deadline
    while True:
        counted = await under_way(home)
        if not (counted["outbox"] or counted["parked"]) or time.monotonic() > end:
            return counted
        await asyncio.sleep(0.5)


async def look(town: Town, home: Home, *, deadline: float) -> World:
    """Return the world as the town's people see it."""
    counted = await until_quiet(home, deadline=deadline)
    found: list[Found] = []
    papers: dict[str, str] = {}
    messages: list[str] = []
    for member in town.members:
        found += [
            Found(str(id(member)), "claim", row["id"], row["number"], row["status"])
            for row in await _all(member, "/api/claims/claims")
        ]
        for row in await _all(member, "/api/ocr/documents"):
            path = f"/api/ocr/documents/{row['document_id']}/content"
            content = (await member.send("GET", path)).content
            papers[row["document_id"]] = hashlib.sha256(content).hexdigest()
        rows = await _all(member, "/api/notify/messages")
        messages += [row["text"] for row in rows if row["template"] == TOLD]
    path = "/api/enrollment/orders"
    for row in await _all(town.handler, path):
        if row["status"] == "done":  # the one that enrolled the town
            continue
        found.append(
            Found(str(id(town.handler)), "order", row["id"], row["number"], row["status"], row["people"])
        )
    return World(found, papers, messages, **counted)


async def _all(account: Account, path: str) -> list[Any]:
    rows: list[Any] = []
    cursor = None
    while True:
        page = await account.get(path, params={"limit": 200, **({"cursor": cursor} if cursor else {})})
        rows += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return rows
