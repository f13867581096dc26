"""A tenant of the ocr service under test: people who hand in documents, and looks behind the interface."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import anyio
import httpx
from sqlalchemy import delete, select

from common.audit import AuditEntry
from common.auth import Actor, ActorKind
from common.crypto import parse_link_key, sign
from common.events import Envelope
from common.events.models import OutboxEvent
from common.ids import new_id
from common.testing import Client, TestTenant
from ocr.documents.models import Document
from ocr.extras import vault_of
from ocr.queue.models import QueuedDocument

from . import files

UPLOAD, READ = "ocr.document.upload", "ocr.document.read"
RAW = "application/octet-stream"


@dataclass
class World:
    client: Client
    tenant: TestTenant

    @property
    def link_key(self) -> bytes:
        return parse_link_key(self.client.context.settings.link_key.get_secret_value())

    def member(self, *permissions: str, person_id: UUID | None = None) -> Actor:
        return self.client.mint.actor(
            self.tenant, *(permissions or (UPLOAD,)), kind=ActorKind.MEMBER, person_id=person_id or new_id()
        )

    def handler(self, unit_id: UUID | None = None) -> Actor:
        return self.client.mint.actor(
            self.tenant, UPLOAD, kind=ActorKind.HANDLER, unit_id=unit_id or new_id()
        )

    def staff(self, *permissions: str, org_path: str = "") -> Actor:
        return self.client.mint.actor(self.tenant, *(permissions or (READ,)), org_path=org_path)

    async def upload(
        self,
        actor: Actor | None,
        data: bytes | None = None,
        *,
        name: str = "发票.jpg",
        recognize: bool = False,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        sent = {"Content-Type": RAW, "X-Filename": quote(name), **(headers or {})}
        body = files.jpeg() if data is None else data
        params = {"recognize": str(recognize).lower()}
        return await self.client.post(
            "/documents", actor, content=body, headers=sent, params=params, **options
        )

    async def stored(self, actor: Actor, data: bytes | None = None, **options: Any) -> dict[str, Any]:
        response = await self.upload(actor, data, **options)
        assert response.status_code == 201, response.text
        body: dict[str, Any] = response.json()
        return body

    async def read(self, actor: Actor, document_id: str) -> dict[str, Any]:
        response = await self.client.get(f"/documents/{document_id}", actor)
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body

    def link(self, document_id: str, *, ttl: timedelta = timedelta(minutes=5), **changes: Any) -> str:
        claims = {"document_id": document_id, "tenant_id": str(self.tenant.id), "reader_id": str(new_id())}
        return sign("document-link", {**claims, **changes}, self.link_key, ttl)

    async def row(self, document_id: str) -> Document:
        async with self.client.context.db.transaction(self.tenant.id) as session:
            statement = select(Document).where(Document.id == UUID(document_id))
            return (await session.execute(statement)).scalar_one()

    async def count_documents(self) -> int:
        async with self.client.context.db.transaction(self.tenant.id) as session:
            return len((await session.execute(select(Document.id))).all())

    async def queued(self, document_id: str) -> QueuedDocument | None:
        async with self.client.context.db.transaction(self.tenant.id) as session:
            statement = select(QueuedDocument).where(QueuedDocument.id == UUID(document_id))
            return (await session.execute(statement)).scalar_one_or_none()

    async def clear_queue(self) -> None:
        async with self.client.context.db.transaction(self.tenant.id) as session:
            await session.execute(delete(QueuedDocument))

    async def events(self, wire: str) -> list[dict[str, Any]]:
        async with self.client.context.db.transaction(self.tenant.id) as session:
            rows = (await session.execute(select(OutboxEvent).order_by(OutboxEvent.seq))).scalars()
            found = [Envelope.decode(row.envelope) for row in rows if row.tenant_id == self.tenant.id]
        return [envelope.data for envelope in found if envelope.type == wire]

    async def audited(self) -> list[tuple[str, str]]:
        async with self.client.context.db.transaction(self.tenant.id) as session:
            rows = (await session.execute(select(AuditEntry).order_by(AuditEntry.seq))).scalars()
            return [(row.action, row.actor_id) for row in rows]

    async def object_names(self) -> list[str]:
        store = vault_of(self.client.context).store
        folders = [f"{self.tenant.id}/{folder}" for folder in ("documents", "files", "uploads")]
        return [name for folder in folders for name in await store.names(folder)]

    async def object_bytes(self, name: str) -> bytes:
        store = vault_of(self.client.context).store
        return b"".join([chunk async for chunk in store.get(name)])


async def until(
    look: Callable[[], Awaitable[bool]], what: str, *, within: float = 120.0, every: float = 0.05
) -> None:
    """Look again and again until it is so."""
    with anyio.fail_after(within) as scope:
        while not await look():
            await anyio.sleep(every)
    assert not scope.cancelled_caught, what
