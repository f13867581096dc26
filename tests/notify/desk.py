"""Staff of a union at its content."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from common.contracts.pack import TenantPack, load_pack
from common.testing import Client, TestTenant
from notify.content.sowing import sow_content

MANAGE = "notify.content.manage"
TENANTS = Path(__file__).resolve().parents[2] / "tenants"
DRAFT = {
    "kind": "announcement",
    "title_zh": "端午节期间业务办理安排",
    "body_zh": "<p>窗口<b>放假三天</b>，线上照常受理。</p>",
    "category": "通知",
}


class Desk:
    """Staff of a union at its content."""

    def __init__(self, client: Client, tenant: TestTenant) -> None:
        self.client, self.tenant = client, tenant
        self.staff = client.mint.actor(tenant, MANAGE, label="xuanchuan1")

    async def write(self, **changes: Any) -> dict[str, Any]:
        answer = await self.client.post("/contents", self.staff, json=DRAFT | changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def act(
        self, content: dict[str, Any], action: str, body: Any = None, **options: Any
    ) -> httpx.Response:
        headers = {"If-Match": str(content["version"])}
        path = f"/contents/{content['id']}/{action}"
        return await self.client.post(path, self.staff, headers=headers, json=body, **options)

    async def done(self, content: dict[str, Any], action: str, body: Any = None) -> dict[str, Any]:
        answer = await self.act(content, action, body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def edit(self, content: dict[str, Any], **changes: Any) -> httpx.Response:
        body = {name: value for name, value in (DRAFT | changes).items() if name != "kind"}
        headers = {"If-Match": str(content["version"])}
        return await self.client.send(
            "PUT", f"/contents/{content['id']}", self.staff, json=body, headers=headers
        )

    async def listed(self, actor: Any = None, **params: Any) -> list[dict[str, Any]]:
        tenant = None if actor else self.tenant.code
        answer = await self.client.get("/articles", actor, tenant=tenant, params=params)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def article(self, which: str, **options: Any) -> httpx.Response:
        return await self.client.get(f"/articles/{which}", tenant=self.tenant.code, **options)


@pytest.fixture
async def desk(notify: Client, new_tenant: Callable[..., Awaitable[TestTenant]]) -> Desk:
    return Desk(notify, await new_tenant(notify.context))


@pytest.fixture
def sown(notify: Client, new_tenant: Callable[..., Awaitable[TestTenant]]) -> Any:
    """A desk whose union's pack has been sown."""

    async def make(code: str, pack: TenantPack | None = None) -> Desk:
        tenant = await new_tenant(notify.context, pack=pack or load_pack(TENANTS / f"{code}.yaml"))
        await sow_content(notify.context, tenant.id)
        return Desk(notify, tenant)

    return make
