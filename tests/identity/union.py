"""A union of its own for a test: its pack applied through the API, its people with valid numbers."""

import itertools
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from common.auth import Actor, ActorKind
from common.contracts.identity import VerificationCodeIssued
from common.contracts.pack import TenantPack, parse_pack
from common.crypto import TenantKeys, parse_link_key, sign
from common.events import Envelope
from common.events.models import OutboxEvent
from common.identifiers import credit_code_check_digit, id_check_digit
from common.ids import new_id
from common.testing import Client
from identity.extras import limits

ROOT = Path(__file__).resolve().parents[2]
SOURCE = (ROOT / "tenants" / "wuxi.yaml").read_text(encoding="utf-8")
SEQUENCE = itertools.count(1)


def operators() -> dict[str, str]:
    """Return the operators' secrets that the tests' environment has."""
    entries = os.environ["IDENTITY_PLATFORM_OPERATORS"].split(",")
    return dict(entry.split(":", 1) for entry in entries)


def a_mobile() -> str:
    return f"139{next(SEQUENCE):08d}"


def a_credit_code() -> str:
    first = f"91320211MA{next(SEQUENCE):07d}"
    return first + credit_code_check_digit(first)


def an_id_number(serial: int | None = None) -> str:
    number = serial if serial is not None else next(SEQUENCE)
    year, month = 60 + number // 300_000 % 40, 1 + number // 25_000 % 12
    first = f"32021119{year:02d}{month:02d}{1 + number // 1000 % 25:02d}{number % 1000:03d}"
    return first + id_check_digit(first)


def a_pack(code: str, tenant_id: UUID, *, version: int = 1, **changes: str) -> str:
    """Return the wuxi pack's text as another union's; `changes` replace pieces of text."""
    text = SOURCE.replace("code: wuxi", f"code: {code}", 1).replace(
        "01a2065e-6f88-7789-89ff-84d473cc0977", str(tenant_id)
    )
    text = text.replace("version: 1\n", f"version: {version}\n", 1)
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


@dataclass
class Union:
    """A union under test."""

    client: Client
    id: UUID
    code: str
    source: str
    pack: TenantPack = field(init=False)

    def __post_init__(self) -> None:
        self.pack = parse_pack(self.source)

    async def keys(self) -> TenantKeys:
        async with self.client.context.db.transaction(self.id) as session:
            return await self.client.context.keyring.for_tenant(session)

    def actor(self, *permissions: str, kind: ActorKind = ActorKind.STAFF, **scope: Any) -> Actor:
        return Actor(
            kind=kind, id=scope.pop("id", None) or new_id(), tenant_id=self.id, tenant=self.code,
            permissions=frozenset(permissions), session_id=new_id(), **scope,
        )  # fmt: skip

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return await self.client.post(path, tenant=self.code, json=body, **options)

    async def events(self, kind: type[Any] | None = None) -> list[Any]:
        """Return what this union's rows have said and no relay has carried, oldest first."""
        async with self.client.context.db.transaction(self.id) as session:
            statement = (
                select(OutboxEvent.envelope).where(OutboxEvent.tenant_id == self.id).order_by(OutboxEvent.seq)
            )
            envelopes = [Envelope.decode(raw) for raw in (await session.execute(statement)).scalars()]
        return [kind.model_validate(e.data) for e in envelopes if e.type == kind.wire] if kind else envelopes

    async def code_for(self, mobile: str, purpose: str, **more: Any) -> str:
        """Ask for a code and read it where the SMS service would."""
        await self.forget_resend()
        answer = await self.post("/verification-codes", {"purpose": purpose, "mobile": mobile, **more})
        assert answer.status_code == 201, answer.text
        return await self.sent_code(answer.json()["challenge_id"])

    async def sent_code(self, challenge_id: str) -> str:
        sent = [e for e in await self.events(VerificationCodeIssued) if str(e.challenge_id) == challenge_id]
        return (await self.keys()).open(sent[0].code.ciphertext, context="code")

    async def forget_resend(self) -> None:
        """Let the next code be asked for at once."""
        redis = self.client.context.redis
        for key in await redis.keys(f"limit:code-resend:{self.id}:*"):
            await limits(self.client.context).forget(key.decode().removeprefix("limit:"))

    def receipt(
        self, owner: UUID | str, *, media_type: str = "image/jpeg", tenant_id: UUID | None = None
    ) -> str:
        """Return the receipt that ocr would sign for an upload."""
        claims = {
            "document_id": str(new_id()), "tenant_id": str(tenant_id or self.id), "owner_id": str(owner),
            "media_type": media_type, "sha256": "ab" * 32,
        }  # fmt: skip
        return sign(
            "document-receipt", claims, parse_link_key(os.environ["HUZHU_LINK_KEY"]), timedelta(days=1)
        )

    async def register_unit(self, **changes: Any) -> dict[str, Any]:
        """Register a unit and return the answer with its credit code and mobile."""
        mobile = changes.pop("mobile", None) or a_mobile()
        body = {"name": "测试单位工会委员会", "credit_code": a_credit_code(), "mobile": mobile, **changes}
        body["code"] = await self.code_for(mobile, "register")
        answer = await self.post("/units", body)
        assert answer.status_code == 201, answer.text
        return {**answer.json(), **body}

    def profile(self, account_id: str, opening: str, **changes: Any) -> dict[str, Any]:
        return {
            "org_node": "binhu", "medical_code": "123456", "handler_name": "夏武", "handler_id_number": an_id_number(),
            "documents": [{"code": "union-certificate", "receipt": self.receipt(account_id)}],
            "commitment_opening_id": opening, **changes,
        }  # fmt: skip


async def sign_in_operator(client: Client, name: str) -> dict[str, str]:
    """Return the headers of an operator of the platform."""
    answer = await client.post("/platform/sessions", json={"operator": name, "secret": operators()[name]})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def apply(client: Client, code: str, source: str, *, operator: str = "ops1") -> httpx.Response:
    """Apply a pack as an operator."""
    headers = await sign_in_operator(client, operator)
    return await client.send("PUT", f"/tenants/{code}/pack", headers=headers, json={"yaml": source})


async def new_union(client: Client, **changes: str) -> Union:
    """Apply the pack of a new union."""
    tenant_id = new_id()
    code = f"u{tenant_id.hex[-20:]}"
    source = a_pack(code, tenant_id, **changes)
    answer = await apply(client, code, source)
    assert answer.status_code == 200, answer.text
    return Union(client, tenant_id, code, source)


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


@asynccontextmanager
async def from_elsewhere(client: Client) -> AsyncIterator[Client]:
    """Give a client with a network address of its own, whose limits no other test touches."""
    address = ".".join(str(part) for part in (10, *new_id().bytes[-3:]))
    transport = httpx.ASGITransport(app=client.app, client=(address, 1), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=60) as http:
        yield Client(client.app, http, client.mint)
