"""A person's data in one file: identity asks every service for its part, waits for all, and joins them with its own.

The parts are encrypted to a key made for this export alone; the key goes with them an hour after the end.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.export import PersonExportAsked
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit
from common.export import ExportedTable, in_clear, new_export_key, open_part, rows_of_person
from common.http import ServiceContext
from common.tasks import NotYet, TaskKind, TaskRun
from common.text import Text

from ..accounts.models import Account, AccountLink
from ..auth import MEMBER_OWN, PRIVACY_MANAGE
from ..members.bulk.models import AdmissionRow
from ..members.covers.repository import CoverRepository
from ..members.models import FACTS, Person
from ..members.requests.models import MemberRequest, MemberRequestStep
from ..onfile.models import Preference
from ..sealed import SEALED
from . import rules
from .models import DataRequest
from .repository import OWNED, PrivacyRepository

EXPORT_OWN, EXPORT = "person.export_own", "person.export"
KEY = "person.export"
GATHERED_WITHIN = timedelta(hours=24)
"""How long an export waits for a service that is away; then the file says whose part is missing."""
PARTS_KEPT = timedelta(hours=1)
TABLES = (
    ExportedTable(MemberRequest),
    ExportedTable(MemberRequestStep, "request_id", via=MemberRequest),
    ExportedTable(DataRequest, hidden=("export_key", "parts", "task_id")),
    ExportedTable(AdmissionRow),
    ExportedTable(AccountLink, "account_id", via=Account),
    ExportedTable(Preference, "id"),
)


def begin_export(session: AsyncSession, request: DataRequest, keys: TenantKeys) -> None:
    """Ask all services for their parts."""
    private, public = new_export_key()
    until = now() + GATHERED_WITHIN
    request.gather(key=keys.seal(json.dumps(private), context=KEY), until=until)
    emit(
        session,
        PersonExportAsked(request_id=request.id, person_id=request.person_id, public_key=public, until=until),
    )


async def export_person(run: TaskRun) -> None:
    """Write everything that the platform holds of a person into one file."""
    person_id, request_id = UUID(run.parameters["person_id"]), UUID(run.parameters["request_id"])
    async with run.transaction() as session:
        privacy = PrivacyRepository.of(session)
        if await privacy.seen(person_id, run.actor) is None:
            raise NotFound
        request = await privacy.find(DataRequest, request_id)
        if request is None:
            raise NotFound
        there = sorted(set(request.parts) & rules.SERVICES)
    missing = sorted(rules.SERVICES - set(there))
    await run.progress(done=len(there), total=len(rules.SERVICES))
    if missing and request.export_until is not None and now() < request.export_until:
        raise NotYet(seconds=rules.look_again_seconds((now() - request.created_at).total_seconds()))
    async with run.transaction() as session:
        privacy = PrivacyRepository.of(session)
        content = await _content(privacy, person_id, run.keys)
        pieces = {service: await privacy.pieces(request_id, service) for service in there}
    content |= {"missing": missing}
    async with run.result(f"个人信息-{now():%Y%m%d}.json", "application/json") as path:
        written = await asyncio.to_thread(_joined, content, pieces, request.export_key, run.keys)
        await asyncio.to_thread(path.write_bytes, written)
    async with run.chunk() as chunk:
        found = await PrivacyRepository.of(chunk.session).find(DataRequest, request_id, lock=True)
        if found is not None:
            found.finish()
        chunk.advance(cursor={"written": True}, done=len(rules.SERVICES), total=len(rules.SERVICES))


async def forget_exports(context: ServiceContext, tenant_id: UUID) -> None:
    """Destroy the keys and the parts of exports that have ended."""
    async with context.db.transaction(tenant_id) as session:
        await PrivacyRepository.of(session).forget_parts(
            ended_before=now() - PARTS_KEPT, given_up_before=now() - GATHERED_WITHIN
        )


def _joined(
    content: dict[str, Any], pieces: Mapping[str, list[str]], sealed_key: str | None, keys: TenantKeys
) -> bytes:
    private = json.loads(keys.open(sealed_key, context=KEY)) if sealed_key else {}
    content["services"] = {service: open_part(part, private) for service, part in pieces.items()}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2, default=str)


async def _content(privacy: PrivacyRepository, person_id: UUID, keys: TenantKeys) -> dict[str, Any]:
    person = await privacy.find(Person, person_id)
    accounts = await privacy.accounts_of(person_id)
    covers = CoverRepository.of(privacy.session)
    records = await privacy.records(person_id)
    owned = {table: await privacy.owned_rows(table, person_id) for table in OWNED}
    return {
        "exported_at": now(),
        "person": _shown(vars(person), keys),
        "history": [
            _shown({n: getattr(r, n) for n in ("number", "reason", "note", *FACTS)}, keys) for r in records
        ],
        "accounts": [_shown(vars(account), keys) for account in accounts],
        "sessions": [_shown(vars(s), keys) for s in await privacy.sessions_of([a.id for a in accounts])],
        "consents": [_shown(vars(consent), keys) for consent in await privacy.consents_of(person_id)],
        "policies": [_shown(vars(row), keys) for row in await covers.policies(person_id)],
        "claims": [_shown(vars(row), keys) for row in await covers.claims(person_id)],
        "payouts": [_shown(vars(row), keys) for row in await covers.payouts(person_id)],
        "refunds": [_shown(vars(row), keys) for row in await covers.refunds(person_id)],
        "own": {table: [_shown(row, keys) for row in rows] for table, rows in owned.items()}
        | await rows_of_person(privacy.session, person_id=person_id, keys=keys, tables=TABLES, values=SEALED),
    }


def _shown(row: Mapping[str, Any], keys: TenantKeys) -> dict[str, Any]:
    return in_clear(row, keys, SEALED)


KINDS = (
    TaskKind(EXPORT_OWN, Text("导出本人信息", "Export of my data"), MEMBER_OWN, export_person),
    TaskKind(EXPORT, Text("导出会员个人信息", "Export of a member's data"), PRIVACY_MANAGE, export_person),
)
