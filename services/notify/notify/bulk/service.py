"""Use cases of bulk messages: estimate, the command that takes two people, progress, stop."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.auth.scope import reaches, reaches_whole_tenant
from common.clock import today
from common.contracts.pack import TenantPack
from common.errors import NotFound
from common.http import Cursor, Page
from common.ids import new_id
from common.proposals import Approved, Command
from common.tasks import TaskProblem, problems_of, request_task
from common.tasks.models import Task
from common.tenancy import current_pack
from common.text import Text

from ..auth import APPROVE_BULK, PROPOSE_BULK
from ..errors import (
    AudienceEmpty,
    AudienceOutOfReach,
    AudienceUnknown,
    BraceAlone,
    ChannelNotOffered,
    ProductNotInPack,
    VariableUnknown,
)
from ..messages.rules import render
from . import rules
from .models import SENDING, BulkMessage
from .repository import BulkRepository
from .schemas import AudienceRule, BulkContent, BulkDetail, BulkRead, BulkStarted, Estimate

EVENT = "notify.bulk_message"
SEND = "bulk_message.send"
PLACES = {
    "audience.branch": Text(
        "机构 {name} 不存在，或其下没有单位。", "There is no branch {name}, or no unit below it."
    ),
    "audience.units": Text("单位 {name} 不存在。", "There is no unit {name}."),
}
SAMPLE = {"name": "欧阳晓明", "unit_name": "示范精密机械有限公司工会委员会"}


async def estimate(session: AsyncSession, *, actor: Actor, body: BulkContent) -> Estimate:
    """Say whom a bulk message would reach and what it costs; refused like the proposal itself."""
    pack = await _checked(session, actor, body)
    reach = await BulkRepository(session, actor.tenant_id).reach(body.audience, today=today())
    by_sms = reach.with_mobile - reach.silenced if "sms" in body.channels else 0
    sample = _sample(pack, body)
    parts = max(rules.parts_of(sample), rules.parts_of(_sample(pack, body, "en")) if body.text_en else 1)
    return Estimate(
        recipients=reach.everybody,
        by_sms=by_sms,
        silenced=reach.silenced,
        without_mobile=reach.everybody - reach.with_mobile,
        sms_parts=parts,
        cost=rules.cost(recipients=by_sms, parts=parts, price=pack.notices.sms_price),
        sample=sample,
    )


def _sample(pack: TenantPack, body: BulkContent, language: str = "zh") -> str:
    name = pack.tenant.short_name.text().in_language(language)
    values = {**SAMPLE, "tenant_name": name, "hotline": pack.tenant.contact.phone}
    channel = "sms" if "sms" in body.channels else body.channels[0]
    template = _template(pack, body.audience, channel)
    text = body.text_en if language == "en" and body.text_en else body.text
    return render(template.text.text().in_language(language), values | {"text": render(text, values)})


def _template(pack: TenantPack, audience: AudienceRule, channel: str) -> Any:
    for message in pack.messages_for(EVENT):
        if (message.to, message.channel) == (audience.kind, channel):
            return message
    raise ChannelNotOffered(channel=channel)


async def _checked(session: AsyncSession, actor: Actor, body: BulkContent) -> TenantPack:
    """AudienceOutOfReach, ProductNotInPack, AudienceUnknown, BraceAlone, VariableUnknown, ChannelNotOffered."""
    rule = body.audience
    if not reaches_whole_tenant(actor) and not (rule.branch and reaches(actor, rule.branch)):
        raise AudienceOutOfReach(permission=PROPOSE_BULK, action="向本机构范围以外群发消息")
    pack = await current_pack(session)
    products = {product.code for product in pack.products}
    for code in rule.covered_by or ():
        if code not in products:
            raise ProductNotInPack(product=code)
    await _check_places(session, actor, rule)
    for text in (body.text, body.text_en or ""):
        if rules.stray_brace(text):
            raise BraceAlone(known="、".join(f"{{{name}}}" for name in sorted(rules.VARIABLES)))
        if unknown := rules.unknown_variables(text):
            raise VariableUnknown(names=", ".join(unknown), known=", ".join(sorted(rules.VARIABLES)))
    for channel in body.channels:
        _template(pack, rule, channel)
    return pack


async def _check_places(session: AsyncSession, actor: Actor, rule: AudienceRule) -> None:
    """AudienceUnknown for a branch that has no unit, and for units that do not exist: nobody would be told."""
    repository = BulkRepository(session, actor.tenant_id)
    unknown = await repository.unknown_units(rule.units or [])
    wrong = [("audience.units", str(unit)) for unit in unknown]
    if rule.branch is not None and not await repository.has_units_below(rule.branch):
        wrong.append(("audience.branch", rule.branch))
    if wrong:
        raise AudienceUnknown(
            errors=[
                {
                    "field": field,
                    "code": "bulk.audience_unknown",
                    "message": PLACES[field].format(name=name).in_language(),
                }
                for field, name in wrong
            ]
        )


async def _check_command(session: AsyncSession, actor: Actor, body: BulkContent) -> None:
    await _checked(session, actor, body)
    reach = await BulkRepository(session, actor.tenant_id).reach(body.audience, today=today())
    if not reach.everybody:
        raise AudienceEmpty


async def _start(session: AsyncSession, approved: Approved[BulkContent]) -> BulkStarted:
    """Another person consents: the message is sent to whoever belongs to the audience now."""
    body, proposer = approved.parameters, approved.proposer
    await _check_command(session, proposer, body)
    repository = BulkRepository(session, proposer.tenant_id)
    reach = await repository.reach(body.audience, today=today())
    bulk_id = new_id()
    task = await request_task(
        session,
        actor=proposer,
        kind=SEND,
        parameters={"bulk_id": bulk_id},
        keys=approved.keys,
        total=reach.everybody,
    )
    repository.add(
        BulkMessage(
            id=bulk_id,
            title=body.title,
            text=body.text,
            title_en=body.title_en,
            text_en=body.text_en,
            channels=sorted(set(body.channels)),
            audience=body.audience.model_dump(mode="json"),
            proposed_by=proposer.id,
            approved_by=approved.decider.id,
            task_id=task.id,
            estimated=reach.everybody,
            told=0,
            version=1,
            state="sending",
        )
    )
    await session.flush()
    return BulkStarted(bulk_id=bulk_id, task_id=task.id, recipients=reach.everybody)


COMMANDS = (
    Command(
        name=SEND,
        title=Text("群发消息", "Send a bulk message"),
        parameters=BulkContent,
        propose=PROPOSE_BULK,
        decide=APPROVE_BULK,
        check=_check_command,
        run=_start,
    ),
)


async def list_bulk(session: AsyncSession, *, actor: Actor, cursor: Cursor) -> Page[BulkRead]:
    """Return a page of bulk messages: staff of a branch see those to their branch."""
    rows = await BulkRepository(session, actor.tenant_id).page(actor, cursor)
    problems = await problems_of(session, (row.task_id for row in rows))
    return cursor.page(rows, lambda row: _read(row, problems))


async def read_bulk(session: AsyncSession, *, actor: Actor, bulk_id: UUID) -> BulkDetail:
    """Return a bulk message with the state of its messages; NotFound."""
    bulk = await _find(session, actor, bulk_id)
    states = await BulkRepository(session, actor.tenant_id).states(bulk.id)
    return BulkDetail(
        **_read(bulk, await problems_of(session, (bulk.task_id,))).model_dump(),
        queued=states.get("queued", 0),
        sent=states.get("sent", 0),
        failed=states.get("failed", 0),
    )


async def stop_bulk(session: AsyncSession, *, actor: Actor, bulk_id: UUID) -> BulkDetail:
    """Stop a bulk message: nobody else is told, and what has not left stays; BulkEnded, BulkSent, NotFound."""
    bulk = await _find(session, actor, bulk_id, lock=True)
    repository = BulkRepository(session, actor.tenant_id)
    bulk.stop(actor.id, waiting=(await repository.states(bulk.id)).get("queued", 0))
    task = await repository.find(Task, bulk.task_id, lock=True)
    if task is not None and not task.ended:
        task.cancel()
    await repository.take_back(bulk.id)
    await record(session, actor_id=actor.id, action="bulk_message.stopped", subject=f"bulk_message:{bulk.id}")
    await session.flush()
    return await read_bulk(session, actor=actor, bulk_id=bulk.id)


async def _find(session: AsyncSession, actor: Actor, bulk_id: UUID, *, lock: bool = False) -> BulkMessage:
    bulk = await BulkRepository(session, actor.tenant_id).one_within(actor, bulk_id, lock=lock)
    if bulk is None:
        raise NotFound
    return bulk


def _read(bulk: BulkMessage, problems: Mapping[UUID, TaskProblem]) -> BulkRead:
    """A message that is being made by a task that was given up has failed; who was told stays told."""
    problem = problems.get(bulk.task_id) if bulk.state == SENDING else None
    made = {"problem": problem, "state": "failed" if problem else bulk.state}
    return BulkRead(
        **{name: getattr(bulk, name) for name in BulkRead.model_fields if name not in made}, **made
    )
