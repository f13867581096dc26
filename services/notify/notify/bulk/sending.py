"""Makes the messages of a bulk message, five hundred people at a time; a killed run goes on where it was."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.tasks import TaskKind, TaskRun
from common.tenancy import current_pack
from common.text import Text

from ..auth import PROPOSE_BULK
from ..copies.models import Recipient, UnitCopy
from ..copies.repository import CopyRepository
from ..messages.composing import Cause, Told, tell
from ..messages.rules import CHINESE, render, worded
from .models import SENDING, BulkMessage
from .repository import BulkRepository
from .schemas import AudienceRule
from .service import EVENT, SEND

CHUNK = 500


async def send_bulk(run: TaskRun) -> None:
    """Tell everybody of the audience once; it ends at once when the bulk message was stopped."""
    bulk_id = UUID(run.parameters["bulk_id"])
    while True:
        async with run.chunk() as chunk:
            bulk = await BulkRepository(chunk.session, run.tenant_id).find(BulkMessage, bulk_id, lock=True)
            if bulk is None or bulk.state != SENDING:
                return
            after = UUID(chunk.cursor["after"]) if chunk.cursor else None
            told, last = await _tell_next(chunk.session, bulk, run.keys, after)
            if last is None:
                bulk.finish()
                return
            bulk.advance(told)
            chunk.advance(cursor={"after": last}, done=bulk.told, told=told)


async def _tell_next(
    session: AsyncSession, bulk: BulkMessage, keys: TenantKeys, after: UUID | None
) -> tuple[int, UUID | None]:
    """Make the messages of the next people; return how many people, and the last one (None: nobody was left)."""
    rule = AudienceRule.model_validate(bulk.audience)
    repository = BulkRepository(session, bulk.tenant_id)
    pack = await current_pack(session)
    if rule.kind == "handler":
        units = await repository.units(rule, after=after, most=CHUNK)
        recipients = [_handler(bulk, pack, unit) for unit in units]
        last = units[-1].id if units else None
    else:
        members = await repository.members(rule, today=today(), after=after, most=CHUNK)
        recipients = await _members(session, bulk, pack, keys, members)
        last = members[-1].id if members else None
    cause = Cause(
        bulk.id,
        EVENT,
        rule.kind,
        channels=frozenset(bulk.channels),
        title=Text(bulk.title, bulk.title_en or bulk.title),
        language=None if bulk.text_en else CHINESE,
    )
    await tell(session, pack=pack, keys=keys, cause=cause, recipients=recipients)
    return len(recipients), last


def _values(bulk: BulkMessage, pack: TenantPack, name: str, unit_name: str) -> dict[str, object]:
    values: dict[str, object] = {
        "name": name,
        "unit_name": unit_name,
        "tenant_name": pack.tenant.short_name.text(),
        "hotline": pack.tenant.contact.phone,
    }
    text = Text(
        render(bulk.text, worded(values, "zh")), render(bulk.text_en or bulk.text, worded(values, "en"))
    )
    return {**values, "text": text}


def _handler(bulk: BulkMessage, pack: TenantPack, unit: UnitCopy) -> Told:
    return Told(unit.id, unit.mobile, unit.account_id, _values(bulk, pack, unit.name, unit.name))


async def _members(
    session: AsyncSession, bulk: BulkMessage, pack: TenantPack, keys: TenantKeys, members: Sequence[Recipient]
) -> list[Told]:
    ids = {member.unit_id for member in members if member.unit_id is not None}
    units = await CopyRepository(session, bulk.tenant_id).units(ids)
    found = []
    for member in members:
        unit = units.get(member.unit_id) if member.unit_id else None
        name = keys.open(member.name, context="person.name")
        values = _values(bulk, pack, name, unit.name if unit else "")
        found.append(Told(member.id, member.mobile, member.account_id, values))
    return found


KINDS = (TaskKind(SEND, Text("群发消息", "Send a bulk message"), PROPOSE_BULK, send_bulk),)
