"""`huzhu events parked` and `give-up`: what waits for another version is listed and can be given up."""

import asyncio
import json
from collections.abc import Iterator
from uuid import UUID

import asyncpg
import pytest
from typer.testing import CliRunner

from common.clock import now
from common.consumer.news import UNKNOWN
from common.contracts.identity import TenantConfigured
from common.events import Envelope
from common.events.models import WAITS
from common.events.outbox import wrap
from common.ids import new_id
from huzhu.cli import make_app

PARK = """INSERT INTO parked_event (tenant_id, event_id, topic, key, type, envelope, attempts, next_attempt_at,
  last_error, parked_at) VALUES ($1, $2, 'identity', 'later', $3, $4, $5, now(), $6, now())"""
WIRE = "identity.later.v1"


@pytest.fixture
def waiting(environment: dict[str, str]) -> Iterator[Envelope]:
    """An event at notify that this version does not know, of a tenant that it does not know either."""
    fact = TenantConfigured(code="later", pack_version=1, effective_from=now(), pack={}, keys=[])
    envelope = wrap(fact, new_id()).model_copy(update={"type": WIRE})
    row = (envelope.tenantid, envelope.id, WIRE, envelope.encode(), WAITS, UNKNOWN)

    async def run(statement: str, *values: object) -> None:
        owner = await asyncpg.connect(environment["NOTIFY_OWNER_DATABASE_URL"].replace("+asyncpg", ""))
        await owner.execute(statement, *values)
        await owner.close()

    asyncio.run(run(PARK, *row))
    yield envelope
    for table in ("parked_event", "dead_letter", "inbox"):
        asyncio.run(run(f"DELETE FROM {table} WHERE tenant_id = $1", envelope.tenantid))


def events(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(make_app("events"), ["events", *words])
    return result.exit_code, result.output


def listed(command: str, event_id: UUID) -> list[dict[str, object]]:
    code, said = events(command, "--service", "notify")
    assert code == 0, said
    return [row for row in map(json.loads, said.splitlines()) if row["event_id"] == str(event_id)]


def test_an_event_that_waits_is_listed_and_becomes_a_dead_letter_when_it_is_given_up(
    waiting: Envelope,
) -> None:
    (row,) = listed("parked", waiting.id)
    assert (row["type"], row["subject"], row["error"]) == (WIRE, "later", UNKNOWN)
    assert (row["waits_for_another_version"], row["attempts"]) == (True, 0)
    code, said = events("give-up", "--service", "notify", str(waiting.id))
    assert code == 0 and "死信" in said, said
    assert listed("parked", waiting.id) == []
    assert [row["error"] for row in listed("dead-letters", waiting.id)] == [UNKNOWN]
    code, said = events("give-up", "--service", "notify", str(waiting.id))
    assert code == 1 and "huzhu events parked" in said
