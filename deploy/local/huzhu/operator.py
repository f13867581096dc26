"""What an operator of the platform does through the public API: load tenants and their demo accounts."""

import asyncio
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from common.contracts.pack import TenantPack, load_pack, read_text
from common.ids import new_id

LIVE_WITHIN_SECONDS = 60.0
BUSY = {502, 503, 504}
"""Answers of a platform that is starting or has too much to do; the same request may be sent again."""
BUSY_SECONDS = 30.0
PAUSE_SECONDS = 0.5


class OperatorRefused(RuntimeError):
    """The platform refused; the message is its own sentence, faults one to a line; `code` is the problem's."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class NoPlatform(RuntimeError):
    """What answers is not the platform: a proxy's page, another server."""


class Operator:
    """A signed-in operator on a running platform."""

    def __init__(self, url: str, name: str, secret: str) -> None:
        self._http = httpx.AsyncClient(base_url=f"{url}/api/identity", timeout=60, trust_env=False)
        self._name = name
        self._secret = secret

    async def __aenter__(self) -> Self:
        body = await self.send("POST", "/platform/sessions", {"operator": self._name, "secret": self._secret})
        self._http.headers["Authorization"] = f"Bearer {body['access_token']}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a request and return its answer; OperatorRefused with the platform's own words.

        To a platform that is busy it is sent again, with the same key, for half a minute.
        """
        headers = {"Idempotency-Key": str(new_id())} if method == "POST" else {}
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            response = await self._http.request(method, path, json=body, headers=headers)
            if response.status_code not in BUSY or time.monotonic() > deadline:
                break
            await asyncio.sleep(PAUSE_SECONDS)
        answer = _json(response)
        if response.is_error:
            lines = [str(answer.get("detail", response.status_code))]
            for fault in answer.get("errors", ()):
                lines.append(f"{fault.get('place', fault.get('field', ''))} {fault['message']}")
            raise OperatorRefused("\n".join(lines), str(answer.get("code", "")))
        return answer

    async def apply(self, code: str, yaml: str) -> dict[str, Any]:
        """Apply a pack and, unless it waits for a second person, wait until every service has it."""
        version = await self.send("PUT", f"/tenants/{code}/pack", {"yaml": yaml})
        if version["status"] == "published":
            await self.wait_until_live(code, version["version"])
        return version

    async def consent(self, code: str, version: int) -> None:
        """Agree, as the second person, to a proposed version, and wait until it is live."""
        await self.send("POST", f"/tenants/{code}/pack/{version}/consent")
        await self.wait_until_live(code, version)

    async def wait_until_live(self, code: str, version: int) -> None:
        """Return when every service has acknowledged a version of a tenant's pack."""
        deadline = time.monotonic() + LIVE_WITHIN_SECONDS
        while True:
            status = await self.send("GET", f"/tenants/{code}/pack/status")
            if (status["live_version"] or 0) >= version:
                return
            if time.monotonic() > deadline:
                raise OperatorRefused(f"{code}: 仍在等待 still waiting for {', '.join(status['waiting'])}")
            await asyncio.sleep(0.1)

    async def add_demo(self, pack: TenantPack, password: str) -> None:
        """Create what the pack's demo names and the union has not: staff, units with handlers, members."""
        body = {"demo": pack.demo.model_dump(mode="json"), "password": password}
        await self.send("PUT", f"/tenants/{pack.code}/demo", body)


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = response.json() if response.content else {}
    except ValueError:
        raise NoPlatform(str(response.status_code)) from None
    return answer


async def load_tenant(operator: Operator, path: Path, *, demo_password: str) -> None:
    """Apply a pack that ships and create its demo accounts; does nothing new when they are there."""
    pack = load_pack(path)
    await operator.apply(pack.code, read_text(path))
    await operator.add_demo(pack, demo_password)
