"""What waits for reviewers: the tasks of a caller, and the backlog of each node with its age."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now, today
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.http import Page
from common.identifiers import mask_document_number, mask_name
from common.tenancy import pack_of_version
from common.text import language

from ..copies.repository import CopyRepository
from ..intake.dossier import NAME, NUMBER
from ..intake.models import Claim
from ..intake.repository import ClaimRepository
from ..intake.schemas import ReasonRead
from ..intake.taken import taken_of
from ..statistics.service import name_key
from .places import Place, TaskCursor
from .repository import ReviewRepository, TaskFilter, Waiting
from .rules import deadline_of
from .schemas import BacklogNode, QueueBacklog, QueuedClaim, TaskSearch


async def list_tasks(
    session: AsyncSession,
    *,
    actor: Actor,
    cursor: TaskCursor,
    search: TaskSearch,
    keys: TenantKeys,
) -> Page[QueuedClaim]:
    """Return the claims that wait at nodes of the caller's roles, within the caller's scope; the urgent first."""
    tasks = ReviewRepository(session, actor.tenant_id)
    stops = await tasks.stops(actor)
    packs = {version: await pack_of_version(session, version) for version in {stop[0] for stop in stops}}
    days = {stop: packs[stop[0]].claim_chain(stop[1]).node(stop[2]).deadline_days for stop in stops}
    wanted = TaskFilter(
        **search.model_dump(include={"node", "kind", "taken", "number", "unit"}),
        names=tuple(keys.blinds("name", name_key(search.name))) if search.name else None,
    )
    known = {stop: count for stop, count in days.items() if count}
    found = await tasks.tasks(actor, cursor, wanted, order=search.order, days=known)
    rows = [claim for claim, _ in found[: cursor.limit]]
    copies = CopyRepository(session, actor.tenant_id)
    names, numbers = await copies.names_of(rows), await copies.policy_numbers(row.policy_id for row in rows)
    units = await copies.units({row.unit_id for row in rows if row.unit_id})
    decided = await ClaimRepository(session, actor.tenant_id).decided_by(actor.id, [row.id for row in rows])

    def read(claim: Claim) -> QueuedClaim:
        token, unit = numbers.get(claim.policy_id), units.get(claim.unit_id) if claim.unit_id else None
        task = _task(claim, packs[claim.pack_version])
        task.person_name = mask_name(keys.open(names[claim.id], context=NAME)) if claim.id in names else None
        task.document_number = mask_document_number(keys.open(token, context=NUMBER)) if token else None
        task.unit_name = unit.name if unit else None
        others = (step_node != claim.node for step_node in decided.get(claim.id, ()))
        task.mine = claim.account_id != actor.id and not any(others)
        return task

    more = len(found) > cursor.limit
    return Page(
        items=[read(row) for row in rows], next_cursor=_place(*found[cursor.limit - 1]) if more else None
    )


def _place(claim: Claim, deadline: date) -> str:
    return Place(deadline, claim.node_since or claim.created_at, claim.id).cursor


def _task(claim: Claim, pack: TenantPack) -> QueuedClaim:
    node = pack.claim_chain(claim.kind).node(claim.node or "")
    deadline, taken = deadline_of(node, claim.node_since), taken_of(claim)
    return QueuedClaim(
        claim_id=claim.id,
        number=claim.number,
        kind=claim.kind,
        title=pack.claim_kind(claim.kind).title.text().in_language(),
        node=node.code,
        node_title=node.title.text().in_language(),
        since=claim.node_since,
        deadline=deadline,
        overdue=deadline is not None and deadline < today(),
        due_on=claim.due_on,
        amount=claim.amount,
        person_name=None,
        document_number=None,
        unit_name=None,
        opened_by=claim.opened_by,
        review_reasons=[
            ReasonRead(code=r["code"], text=r[language.get()], field=r["field"]) for r in claim.review_reasons
        ],
        mine=True,
        handler_id=taken.handler_id if taken else None,
        handler=taken.handler if taken else "",
        handler_since=claim.handler_since if taken else None,
        version=claim.version,
    )


async def read_backlog(session: AsyncSession, *, actor: Actor) -> QueueBacklog:
    """Return what waits at every node within the caller's scope (backlog by node, N.08)."""
    waiting = await ReviewRepository(session, actor.tenant_id).waiting(actor)
    packs = {v: await pack_of_version(session, v) for v in {entry.pack_version for entry in waiting}}
    nodes: dict[tuple[str, str], list[Waiting]] = {}
    for entry in waiting:
        nodes.setdefault((entry.kind, entry.node), []).append(entry)
    read = [_backlog_node(entries, packs, actor) for entries in nodes.values()]
    read.sort(key=lambda node: (node.oldest is None, node.oldest))
    return QueueBacklog(
        waiting=sum(node.waiting for node in read), overdue=sum(node.overdue for node in read), nodes=read
    )


def _backlog_node(entries: list[Waiting], packs: dict[int, TenantPack], actor: Actor) -> BacklogNode:
    """Sum the days of a node up; a claim's deadline is that of the pack version it keeps."""
    first = entries[0]
    pack = packs[max(entry.pack_version for entry in entries)]
    node = pack.claim_chain(first.kind).node(first.node)
    waiting = sum(entry.waiting for entry in entries)
    overdue = sum(
        entry.waiting
        for entry in entries
        if (
            day := deadline_of(
                packs[entry.pack_version].claim_chain(entry.kind).node(entry.node), entry.oldest
            )
        )
        and day < today()
    )
    seconds = sum((now() - entry.oldest).total_seconds() * entry.waiting for entry in entries)
    return BacklogNode(
        kind=first.kind,
        title=pack.claim_kind(first.kind).title.text().in_language(),
        node=first.node,
        node_title=node.title.text().in_language(),
        role=node.role,
        mine=node.role in actor.roles,
        waiting=waiting,
        taken=sum(entry.taken for entry in entries),
        overdue=overdue,
        oldest=min(entry.oldest for entry in entries),
        average_days=round(seconds / waiting / 86_400, 2),
    )
