"""Use cases of a request up to its submission."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor, Eyes
from common.clock import today
from common.contracts.pack import TenantPack
from common.contracts.pack.chains import Chain
from common.crypto import TenantKeys, seal_words
from common.errors import NotFound
from common.http import Cursor, check_version
from common.tenancy import current_pack, pack_of_version
from common.text import Text

from ..numbering.repository import NumberRepository
from ..orders.rules import first_node
from ..payments.papers import PaperKind, own_paper, paper_link
from ..payments.schemas import PaperLink
from ..policies.models import Policy
from . import rules
from .errors import (
    LastDayWrong,
    NothingToEnd,
    PoliciesMissing,
    PoliciesNotInForce,
    PoliciesRequested,
    PoliciesUnknown,
    ScansMissing,
    TerminationNotOffered,
)
from .models import Termination, TerminationStatus
from .repository import TerminationRepository

SIGNED = PaperKind(
    Text("盖章签字的终止申请表", "signed and stamped form"),
    frozenset({"application/pdf", "image/jpeg", "image/png"}),
    "pdf, jpg, jpeg, png",
)


def chain_of(pack: TenantPack) -> Chain:
    """Return the chain of terminations; TerminationNotOffered where the pack has none."""
    if pack.chains.terminations is None:
        raise TerminationNotOffered
    return pack.chains.terminations


async def request_termination(
    session: AsyncSession,
    *,
    actor: Actor,
    policy_ids: Sequence[UUID],
    reason: str,
    wanted_day: date | None,
    keys: TenantKeys,
) -> Termination:
    """Make a draft for policies of one unit.

    TerminationNotOffered, PoliciesUnknown, PoliciesNotInForce, PoliciesRequested, LastDayWrong.
    """
    pack = await current_pack(session)
    chain_of(pack)
    if not policy_ids:
        raise PoliciesMissing
    policies = await _usable(session, actor, policy_ids, wanted_day, unit_id=None)
    day = today()
    serial = await NumberRepository(session, actor.tenant_id).take(f"termination:{day:%Y%m%d}")
    repository = TerminationRepository(session, actor.tenant_id)
    termination = repository.add(
        Termination(
            number=f"ZZ{day:%Y%m%d}{serial:06d}",
            unit_id=policies[0].unit_id,
            pack_version=pack.version,
            created_by=actor.id,
            created_human=actor.human,
            reason=seal_words(keys, reason),
            wanted_day=wanted_day,
        )
    )
    await session.flush()
    await _put(repository, termination, policies)
    return termination


async def _usable(
    session: AsyncSession,
    actor: Actor,
    policy_ids: Sequence[UUID],
    wanted_day: date | None,
    *,
    unit_id: UUID | None,
) -> Sequence[Policy]:
    """Return the named policies if the caller sees them, they are of one unit, and they can still end early."""
    wanted = set(policy_ids)
    policies = await TerminationRepository(session, actor.tenant_id).seen_policies(actor, list(wanted))
    unit = unit_id or (policies[0].unit_id if policies else None)
    usable = [policy for policy in policies if policy.unit_id == unit]
    if len(usable) < len(wanted):
        raise PoliciesUnknown(count=len(wanted) - len(usable))
    last_day = rules.last_day_of(wanted_day, today=today())
    if last_day is None:
        raise LastDayWrong(day=str(wanted_day))
    require_running(usable, last_day)
    return usable


def require_running(policies: Sequence[Policy], last_day: date) -> None:
    """Raise PoliciesNotInForce unless all of them run beyond a day."""
    ended = [p.number for p in policies if p.status != "in_force" or p.ends_on <= last_day]
    if ended:
        raise PoliciesNotInForce(numbers="、".join(sorted(ended)[:10]))


async def _put(
    repository: TerminationRepository, termination: Termination, policies: Sequence[Policy]
) -> None:
    taken = await repository.put(termination, [policy.id for policy in policies])
    numbers = sorted(policy.number for policy in policies if policy.id in taken)
    if numbers:
        raise PoliciesRequested(numbers="、".join(numbers[:10]))


async def find_termination(
    session: AsyncSession, *, actor: Actor, termination_id: UUID, lock: bool = False
) -> Termination:
    """Return a request within the caller's scope; NotFound otherwise."""
    repository = TerminationRepository(session, actor.tenant_id)
    termination = await repository.visible(actor, termination_id, lock=lock)
    if termination is None:
        raise NotFound
    return termination


async def list_terminations(
    session: AsyncSession,
    *,
    actor: Actor,
    cursor: Cursor,
    status: str | None,
    number: str | None,
    mine: bool = False,
) -> Sequence[Termination]:
    """Return a page of the requests in the caller's scope; `mine`: those only that wait at a node of their roles."""
    repository = TerminationRepository(session, actor.tenant_id)
    nodes: list[tuple[int, str]] | None = None
    if mine:
        packs = [await pack_of_version(session, version) for version in await repository.versions_waiting()]
        nodes = [
            (pack.version, node.code)
            for pack in packs
            for node in chain_of(pack).nodes
            if node.role in actor.roles
        ]
    return await repository.page(actor, cursor, status=status, number=number, nodes=nodes)


async def edit_termination(
    session: AsyncSession,
    *,
    actor: Actor,
    termination_id: UUID,
    version: int,
    reason: str,
    wanted_day: date | None,
    add: Sequence[UUID],
    remove: Sequence[UUID],
    keys: TenantKeys,
) -> Termination:
    """Change a draft: reason, last day, policies added and taken off; PreconditionFailed if somebody else did."""
    termination = await find_termination(session, actor=actor, termination_id=termination_id, lock=True)
    check_version(termination, version)
    if rules.last_day_of(wanted_day, today=today()) is None:
        raise LastDayWrong(day=str(wanted_day))
    termination.change(reason=seal_words(keys, reason), wanted_day=wanted_day)
    repository = TerminationRepository(session, actor.tenant_id)
    if remove:
        await repository.take_off(termination, list(remove))
    if add:
        policies = await _usable(session, actor, add, wanted_day, unit_id=termination.unit_id)
        await _put(repository, termination, policies)
    await session.flush()
    return termination


async def delete_termination(session: AsyncSession, *, actor: Actor, termination_id: UUID) -> None:
    """Delete a draft; its policies are free for another request."""
    termination = await find_termination(session, actor=actor, termination_id=termination_id, lock=True)
    termination.require(TerminationStatus.DRAFT)
    await TerminationRepository(session, actor.tenant_id).remove_draft(termination)


async def submit_termination(
    session: AsyncSession, *, actor: Actor, termination_id: UUID, scans: Sequence[str], key: bytes
) -> Termination:
    """Hand a request in with the scan of the signed form; the last day of cover is fixed now."""
    termination = await find_termination(session, actor=actor, termination_id=termination_id, lock=True)
    termination.require(TerminationStatus.DRAFT)
    repository = TerminationRepository(session, actor.tenant_id)
    policies = await repository.policies_of(termination)
    if not policies:
        raise NothingToEnd
    last_day = rules.last_day_of(termination.wanted_day, today=today())
    if last_day is None:
        raise LastDayWrong(day=str(termination.wanted_day))
    require_running(policies, last_day)
    if not scans:
        raise ScansMissing
    scan_ids = [str(own_paper(scan, actor=actor, kind=SIGNED, key=key)) for scan in scans]
    chain = chain_of(await pack_of_version(session, termination.pack_version))
    termination.submit(by=Eyes.of(actor), node=first_node(chain), last_day=last_day, scan_ids=scan_ids)
    repository.record(termination, node=None, decision="submitted", actor=actor, opinion=None)
    await session.flush()
    return termination


async def list_scans(
    session: AsyncSession, *, actor: Actor, termination_id: UUID, key: bytes
) -> list[PaperLink]:
    """Return links to the signed form; whoever may see the request may look, and it is in the audit log."""
    termination = await find_termination(session, actor=actor, termination_id=termination_id)
    links = [paper_link(UUID(scan), "signed", SIGNED, actor=actor, key=key) for scan in termination.scan_ids]
    if links:
        subject = f"termination:{termination.id}"
        await record(
            session, actor_id=actor.id, action="papers.opened", subject=subject, detail={"papers": len(links)}
        )
    return links
