"""A running claim keeps the version of the pack that it began with (N.01)."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from common.contracts.pack import TenantPack
from common.events.models import TenantPackCopy

from .world import Person, World

KIND = "hospital"


async def change_pack(world: World) -> None:
    """Another version is live: claims of this kind pass one node less, and a node has another name."""
    content = world.tenant.pack.to_dict()
    content["version"] = world.tenant.pack.version + 1
    chain_of = next(kind["chain"] for kind in content["claims"] if kind["code"] == KIND)
    (chain,) = [one for one in content["chains"]["claims"] if one["code"] == chain_of]
    chain["nodes"] = [chain["nodes"][0] | {"code": "one-look", "title": {"zh": "一次审核", "en": "One look"}}]
    changed = TenantPack.model_validate(content, strict=False)
    async with world.client.context.db.transaction(world.tenant.id) as session:
        effective = (await session.execute(select(func.now() - timedelta(minutes=1)))).scalar_one()
        session.add(
            TenantPackCopy(
                tenant_id=world.tenant.id, version=changed.version, effective_from=effective, pack=changed.to_dict()
            )
        )  # fmt: skip


@pytest.mark.feature("N.01")
async def test_a_running_claim_passes_the_nodes_it_began_with(world: World, person: Person) -> None:
    checker, reviewer = world.staff("claims_checker"), world.staff("claims_reviewer")
    claim = await world.submitted(person, "1", verified=False)
    assert claim["node"] == "first-check"
    await change_pack(world)
    agreed = await world.decide(checker, claim, "first-check")
    assert (agreed.json()["status"], agreed.json()["node"]) == ("in_review", "review"), agreed.text
    assert agreed.json()["amount"] == claim["amount"]
    done = await world.decide(reviewer, claim, "review")
    assert done.json()["status"] == "approved", done.text
    newer = await world.cover("王芳", pack_version=world.tenant.pack.version + 1)
    later = await world.submitted(newer, "2", verified=False)
    assert later["node"] == "one-look"
    assert (await world.decide(checker, later, "one-look")).json()["status"] == "approved"
