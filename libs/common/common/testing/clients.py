"""An HTTP client on an app in this process, lifespan included."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from ..auth.actor import Actor
from ..http.context import ServiceContext
from ..ids import new_id
from .tokens import Mint


@dataclass
class Client:
    """Requests to one service, as an actor or as nobody."""

    app: FastAPI
    http: httpx.AsyncClient
    mint: Mint

    @property
    def context(self) -> ServiceContext:
        """The service's context."""
        context: ServiceContext = self.app.state.context
        return context

    async def send(
        self,
        method: str,
        path: str,
        actor: Actor | None = None,
        *,
        once: str | None = None,
        tenant: str | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Send a request; a POST gets a fresh Idempotency-Key unless `once` gives one."""
        sent = dict(headers or {})
        if actor is not None:
            sent |= self.mint.headers(actor)
        if tenant is not None:
            sent["X-Tenant"] = tenant
        if method == "POST" and "Idempotency-Key" not in sent:
            sent["Idempotency-Key"] = once or str(new_id())
        return await self.http.request(method, path, headers=sent, **options)

    async def get(self, path: str, actor: Actor | None = None, **options: Any) -> httpx.Response:
        """GET."""
        return await self.send("GET", path, actor, **options)

    async def post(self, path: str, actor: Actor | None = None, **options: Any) -> httpx.Response:
        """POST."""
        return await self.send("POST", path, actor, **options)


@asynccontextmanager
async def client_of(app: FastAPI, mint: Mint) -> AsyncIterator[Client]:
    """Run an app's lifespan and give a client that its verifier trusts."""
    mint.trust(app.state.context.verifier)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as http:
            yield Client(app, http, mint)
