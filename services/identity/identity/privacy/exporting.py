"""The kinds of long work that export a person's data: one JSON file with everything that identity holds of them."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from common.clock import now
from common.crypto import CryptoError, TenantKeys
from common.crypto.words import SEALED
from common.errors import NotFound
from common.tasks import TaskKind, TaskRun
from common.text import Text

from ..auth import MEMBER_OWN, PRIVACY_MANAGE
from ..members.covers.repository import CoverRepository
from ..members.models import FACTS, Person
from .models import DataRequest
from .repository import OWNED, PrivacyRepository
from .service import EXPORT, EXPORT_OWN

CONTEXTS = (
    "person.name", "person.document", "person.mobile", "person.card", "person.born", "person.work_number",
    "person.reason", "words",
    "address.recipient", "address.detail", "ocr.recognition",
)  # fmt: skip
HIDDEN = frozenset({"tenant_id", "token_digest", "digest", "password_hash", "epoch"})
ELSEWHERE = {
    "enrollment": "GET /api/enrollment/policies",
    "claims": "GET /api/claims/claims",
    "ocr": "GET /api/ocr/documents",
    "notify": "GET /api/notify/messages",
    "activities": "GET /api/activities/rewards",
}
"""Where a member reads and downloads what the other services hold; see docs/adr."""


async def export_person(run: TaskRun) -> None:
    """Write everything that identity holds of a person into one file."""
    person_id = UUID(run.parameters["person_id"])
    async with run.transaction() as session:
        privacy = PrivacyRepository.of(session)
        if await privacy.seen(person_id, run.actor) is None:
            raise NotFound
        content = await _content(privacy, person_id, run.keys)
    async with run.result(f"个人信息-{now():%Y%m%d}.json", "application/json") as path:
        await asyncio.to_thread(
            path.write_bytes, orjson.dumps(content, option=orjson.OPT_INDENT_2, default=str)
        )
    async with run.chunk() as chunk:
        request = await PrivacyRepository.of(chunk.session).find(
            DataRequest, UUID(run.parameters["request_id"]), lock=True
        )
        if request is not None:
            request.finish()
        chunk.advance(cursor={"written": True}, done=1, total=1)


async def _content(privacy: PrivacyRepository, person_id: UUID, keys: TenantKeys) -> dict[str, Any]:
    person = await privacy.find(Person, person_id)
    accounts = await privacy.accounts_of(person_id)
    covers = CoverRepository.of(privacy.session)
    records = await privacy.records(person_id)
    owned = {table: await privacy.owned_rows(table, person_id) for table in OWNED}
    return {
        "exported_at": now(),
        "person": _opened(vars(person), keys),
        "history": [
            _opened({n: getattr(r, n) for n in ("number", "reason", "note", *FACTS)}, keys) for r in records
        ],
        "accounts": [_opened(vars(account), keys) for account in accounts],
        "sessions": [_opened(vars(s), keys) for s in await privacy.sessions_of([a.id for a in accounts])],
        "consents": [_opened(vars(consent), keys) for consent in await privacy.consents_of(person_id)],
        "policies": [_opened(vars(row), keys) for row in await covers.policies(person_id)],
        "claims": [_opened(vars(row), keys) for row in await covers.claims(person_id)],
        "payouts": [_opened(vars(row), keys) for row in await covers.payouts(person_id)],
        "own": {table: [_opened(row, keys) for row in rows] for table, rows in owned.items()},
        "elsewhere": ELSEWHERE,
    }


def _opened(row: Mapping[str, Any], keys: TenantKeys) -> dict[str, Any]:
    """Return a row in clear: sealed values opened, indexes and keys left out."""
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if name.startswith("_") or name in HIDDEN or name.endswith("_index"):
            continue
        if name.endswith("_sealed") or (isinstance(value, str) and value.startswith(SEALED)):
            shown[name.removesuffix("_sealed")] = _open(value, keys)
        else:
            shown[name] = value.isoformat() if isinstance(value, datetime) else value
    return shown


def _open(token: str | None, keys: TenantKeys) -> str | None:
    """Open a sealed value; its context is one of those that identity seals under."""
    if token is None:
        return None
    for context in CONTEXTS:
        try:
            return keys.open(token, context=context)
        except CryptoError:
            continue
    return None


KINDS = (
    TaskKind(EXPORT_OWN, Text("导出本人信息", "Export of my data"), MEMBER_OWN, export_person),
    TaskKind(EXPORT, Text("导出会员个人信息", "Export of a member's data"), PRIVACY_MANAGE, export_person),
)
