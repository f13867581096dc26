"""`python -m tests.chaos.accounts URL`: a union of its own with people whose sessions `make load-at` uses.

For installations whose sandbox shows SMS codes. HUZHU_OPERATOR_SECRET, HUZHU_DEMO_PASSWORD; MEMBERS (8).
"""

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from .people import Town, new_town

ACCOUNTS = Path("build/load/accounts.jsonl")
MOST_MEMBERS = 8


def write(town: Town, path: Path = ACCOUNTS) -> None:
    """Write the sessions of a town's people: whoever has the file is them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    with path.open("a", encoding="utf-8") as file:
        for account in town.everybody:
            kind = "handler" if account is town.handler else "member"
            line = {
                "tenant": town.tenant,
                "kind": kind,
                "refresh_token": account.refresh_token,
                "product": town.product,
            }
            file.write(json.dumps(line) + "\n")


async def prepare(url: str, secrets: Any, *, members: int) -> Town:
    """Make the union and its people."""
    async with httpx.AsyncClient(base_url=url, timeout=120, trust_env=False) as http:
        seed = time.time_ns() // 1_000_000
        return await new_town(url, http, secrets=secrets, seed=seed, members=members, tenant="load")


if __name__ == "__main__":
    given = {
        "platform_operator_1": os.environ["HUZHU_OPERATOR_SECRET"],
        "demo_password": os.environ["HUZHU_DEMO_PASSWORD"],
    }
    count = min(int(os.environ.get("MEMBERS", "8")), MOST_MEMBERS)
    write(asyncio.run(prepare(sys.argv[1], given, members=count)))
    print(ACCOUNTS)
