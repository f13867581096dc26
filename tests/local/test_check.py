"""`huzhu verify`: whole chains and books pass, a changed entry and a cut end are told."""

import asyncpg
import pytest

from common.audit import record
from common.testing import Client
from huzhu.recovery.check import check_everything

from ..conftest import Parts


@pytest.fixture
def on_this_home(
    parts: Parts, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> dict[str, str]:
    monkeypatch.setenv("HUZHU_HOME", str(parts.home.path))
    return environment


async def test_a_changed_entry_and_a_cut_end_are_found(
    on_this_home: dict[str, str], parts: Parts, claims: Client, new_tenant: object
) -> None:
    tenant = await new_tenant(claims.context)  # type: ignore[operator]
    async with claims.context.db.transaction(tenant.id) as session:
        for number in range(3):
            await record(session, actor_id="a", action="claim.looked", subject=f"claim:{number}", detail={})
    name = f"claims/{tenant.id}"
    whole = await check_everything()
    assert whole.faults == [] and whole.chains[name][0] == 3 and whole.entries >= 3

    owner = await asyncpg.connect(on_this_home["CLAIMS_OWNER_DATABASE_URL"].replace("+asyncpg", ""))
    await owner.execute("DELETE FROM audit_entry WHERE tenant_id = $1 AND seq = 3", tenant.id)
    assert (await check_everything()).faults == [], "a chain cannot know its own end"
    (cut,) = (await check_everything(whole.chains)).faults
    assert name in cut and "missing" in cut
    await owner.execute("UPDATE audit_entry SET action = 'other' WHERE tenant_id = $1 AND seq = 1", tenant.id)
    (changed,) = (await check_everything()).faults
    await owner.execute("DELETE FROM audit_entry WHERE tenant_id = $1", tenant.id)
    await owner.close()
    assert name in changed and "changed" in changed
