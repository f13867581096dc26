"""Activities with a tenant, staff and members."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from common.auth import Actor, ActorKind
from common.clock import today
from common.events import Envelope
from common.ids import new_id
from common.testing import Client, TestTenant

MANAGE, JOIN, COLLECT = "activities.campaign.manage", "activities.campaign.join", "activities.code.collect"


@dataclass
class Fair:
    """A tenant in activities and who takes part."""

    client: Client
    tenant: TestTenant
    officer: Actor

    def member(self, *permissions: str) -> Actor:
        return self.client.mint.actor(
            self.tenant, *(permissions or (JOIN,)), kind=ActorKind.MEMBER, person_id=new_id()
        )

    async def create(self, **fields: Any) -> httpx.Response:
        body = {
            "title": "知识竞答",
            "body": "先到先得",
            "opens_on": str(today()),
            "closes_on": str(today() + timedelta(days=7)),
            **fields,
        }
        return await self.client.post("/campaigns", self.officer, json=body)

    async def drafted(self, **fields: Any) -> str:
        answer = await self.create(**fields)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def import_codes(self, campaign: str, *codes: str, **options: Any) -> httpx.Response:
        return await self.client.post(
            f"/campaigns/{campaign}/codes",
            self.officer,
            content="\n".join(codes).encode(),
            headers={"Content-Type": "text/plain; charset=utf-8"},
            **options,
        )

    async def published(self, codes: int = 3, **fields: Any) -> str:
        campaign = await self.drafted(**fields)
        answer = await self.import_codes(campaign, *(f"CODE-{n:04d}" for n in range(codes)))
        assert answer.status_code == 200, answer.text
        answer = await self.client.post(f"/campaigns/{campaign}/publish", self.officer)
        assert answer.status_code == 200, answer.text
        return campaign

    async def receive(self, campaign: str, member: Actor, **options: Any) -> httpx.Response:
        return await self.client.post(f"/campaigns/{campaign}/rewards", member, **options)

    async def rewarded(self, campaign: str, member: Actor) -> dict[str, Any]:
        answer = await self.receive(campaign, member)
        assert answer.status_code == 201, answer.text
        reward: dict[str, Any] = answer.json()
        return reward

    async def said(self, wire: str | None = None) -> list[Envelope]:
        """Return what waits in the outbox of the tenant, of one kind or of all."""
        async with self.client.context.db.transaction(self.tenant.id) as session:
            rows = await session.execute(text("SELECT envelope FROM outbox ORDER BY seq"))
            found = [Envelope.decode(bytes(row[0])) for row in rows]
        return [envelope for envelope in found if wire is None or envelope.type == wire]

    async def stock(self, campaign: str) -> tuple[int, int]:
        answer = await self.client.get("/campaigns/managed", self.officer)
        found = next(row for row in answer.json()["items"] if row["id"] == campaign)
        return found["codes"], found["codes_left"]


async def fair_of(client: Client, new_tenant: Callable[..., Awaitable[TestTenant]]) -> Fair:
    tenant = await new_tenant(client.context)
    return Fair(client, tenant, client.mint.actor(tenant, MANAGE, COLLECT))


@pytest.fixture
async def fair(activities: Client, new_tenant: Callable[..., Awaitable[TestTenant]]) -> Fair:
    return await fair_of(activities, new_tenant)


@pytest.fixture
async def other_fair(activities: Client, new_tenant: Callable[..., Awaitable[TestTenant]]) -> Fair:
    return await fair_of(activities, new_tenant)
