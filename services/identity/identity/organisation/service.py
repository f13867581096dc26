"""Use cases of branches: list, add, rename, move, close, reopen; always within the caller's part of the tree."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.auth.scope import reaches
from common.contracts.pack.organisation import Organisation
from common.http import ServiceContext, check_version
from common.ids import new_id
from common.tenancy import current_pack

from ..errors import FieldsInvalid
from ..tenants.models import OrgNode
from ..tenants.rules import ROOT_CODE
from . import rules
from .errors import (
    BranchBelowItself,
    BranchClosed,
    BranchExists,
    BranchNotEmpty,
    BranchUnknown,
    RootFixed,
    TreeTooDeep,
)
from .moving import follow
from .repository import OrganisationRepository
from .schemas import BranchCreate, BranchesRead, BranchMove, BranchPut, BranchRead


async def list_branches(session: AsyncSession, *, actor: Actor) -> BranchesRead:
    """Return the tree within the caller's reach, with what hangs directly below each branch."""
    tree = OrganisationRepository.of(session)
    codes, units, staff = await tree.codes(), await tree.units_by_path(), await tree.staff_by_path()
    organisation = (await current_pack(session)).organisation
    items = [
        _read(
            node, organisation, codes.get(node.parent_id) if node.parent_id else None,
            units.get(node.path, 0), staff.get(node.path, 0),
        )
        for node in await tree.reachable(actor)
    ]  # fmt: skip
    return BranchesRead(items=items)


async def add_branch(session: AsyncSession, *, actor: Actor, asked: BranchCreate) -> BranchRead:
    """Add a branch below another that the caller reaches."""
    tree = OrganisationRepository.of(session)
    await tree.lock()
    parent = await _open(tree, actor, asked.parent)
    organisation = (await current_pack(session)).organisation
    code, zh, en = asked.code.strip(), asked.name_zh.strip(), asked.name_en.strip()
    faults = rules.branch_faults(code=code, name_zh=zh, name_en=en, region=asked.region)
    faults["level"] = rules.level_faults(organisation, level=asked.level, parent_level=parent.level)
    FieldsInvalid.raise_if(faults)
    if await tree.of_code(code) is not None:
        raise BranchExists
    path = rules.child_path(parent.path, code)
    if len(path) > rules.DEEPEST_PATH:
        raise TreeTooDeep
    node = tree.add(
        OrgNode(
            id=new_id(), code=code, level=asked.level, parent_id=parent.id, path=path, name_zh=zh, name_en=en,
            region=asked.region or None, origin="staff",
        )
    )  # fmt: skip
    await session.flush()
    await _audit(session, actor, "branch.added", node)
    return _read(node, organisation, parent.code, 0, 0)


async def rename_branch(
    session: AsyncSession, *, actor: Actor, code: str, expected: int, asked: BranchPut
) -> tuple[OrgNode, BranchRead]:
    """Give a branch other names or another region."""
    tree = OrganisationRepository.of(session)
    node = await _reached(tree, actor, code, expected)
    zh, en = asked.name_zh.strip(), asked.name_en.strip()
    FieldsInvalid.raise_if(rules.branch_faults(code=None, name_zh=zh, name_en=en, region=asked.region))
    node.describe(level=node.level, name_zh=zh, name_en=en, region=asked.region or None)
    node.take_over()
    await _audit(session, actor, "branch.renamed", node)
    return node, await _read_one(tree, node)


async def move_branch(
    session: AsyncSession,
    *,
    actor: Actor,
    context: ServiceContext,
    code: str,
    expected: int,
    asked: BranchMove,
) -> tuple[OrgNode, BranchRead]:
    """Hang a branch below another; its units, staff and branches follow, here and in the other services."""
    tree = OrganisationRepository.of(session)
    await tree.lock()
    node = await _reached(tree, actor, code, expected)
    if node.code == ROOT_CODE:
        raise RootFixed
    if node.retired_at is not None:
        raise BranchClosed
    parent = await _open(tree, actor, asked.parent)
    if not rules.may_hang_below(node.path, parent.path):
        raise BranchBelowItself
    organisation = (await current_pack(session)).organisation
    FieldsInvalid.raise_if(
        {"parent": rules.level_faults(organisation, level=node.level, parent_level=parent.level)}
    )
    old, new = node.path, rules.child_path(parent.path, node.code)
    if len(new) > rules.DEEPEST_PATH:
        raise TreeTooDeep
    if new != old:
        units = await follow(session, context=context, old=old, new=new)
        await session.refresh(node)
        node.move(parent_id=parent.id, path=new)
        node.take_over()
        await _audit(session, actor, "branch.moved", node, was=old, units=units)
    return node, await _read_one(tree, node)


async def close_branch(
    session: AsyncSession, *, actor: Actor, code: str, expected: int, reason: str
) -> tuple[OrgNode, BranchRead]:
    """Close a branch below which nothing hangs any more; the reason is kept in the audit log."""
    tree = OrganisationRepository.of(session)
    await tree.lock()
    node = await _reached(tree, actor, code, expected)
    if node.code == ROOT_CODE:
        raise RootFixed
    below = await tree.below(node.path)
    if any(below):
        raise BranchNotEmpty(**below._asdict())
    node.set_retired(True)
    node.take_over()
    await _audit(session, actor, "branch.closed", node, reason=reason)
    return node, await _read_one(tree, node)


async def reopen_branch(
    session: AsyncSession, *, actor: Actor, code: str, expected: int
) -> tuple[OrgNode, BranchRead]:
    """Let a closed branch take units again."""
    tree = OrganisationRepository.of(session)
    node = await _reached(tree, actor, code, expected)
    node.set_retired(False)
    node.take_over()
    await _audit(session, actor, "branch.reopened", node)
    return node, await _read_one(tree, node)


async def _reached(tree: OrganisationRepository, actor: Actor, code: str, expected: int) -> OrgNode:
    node = await tree.of_code(code, lock=True)
    if node is None or not reaches(actor, node.path):
        raise BranchUnknown
    check_version(node, expected)
    return node


async def _open(tree: OrganisationRepository, actor: Actor, code: str | None) -> OrgNode:
    node = await tree.of_code(code or ROOT_CODE)
    if node is None or not reaches(actor, node.path):
        raise BranchUnknown
    if node.retired_at is not None:
        raise BranchClosed
    return node


async def _read_one(tree: OrganisationRepository, node: OrgNode) -> BranchRead:
    await tree.session.flush()
    codes, units, staff = await tree.codes(), await tree.units_by_path(), await tree.staff_by_path()
    organisation = (await current_pack(tree.session)).organisation
    parent = codes.get(node.parent_id) if node.parent_id else None
    return _read(node, organisation, parent, units.get(node.path, 0), staff.get(node.path, 0))


def _read(
    node: OrgNode, organisation: Organisation, parent: str | None, units: int, staff: int
) -> BranchRead:
    titles = {level.code: level.title.text().in_language() for level in organisation.levels}
    return BranchRead(
        id=node.id, version=node.version, code=node.code, level=node.level,
        level_title=titles.get(node.level, node.level), parent=parent, path=node.path, name_zh=node.name_zh,
        name_en=node.name_en, region=node.region, origin=node.origin, closed_at=node.retired_at, units=units,
        staff=staff,
    )  # fmt: skip


async def _audit(session: AsyncSession, actor: Actor, action: str, node: OrgNode, **detail: object) -> None:
    await record(
        session,
        actor_id=actor.id,
        action=action,
        subject=f"branch:{node.code}",
        detail={"path": node.path, **detail},
    )
