"""Bringing the tree to what a pack says; what staff have added or changed stays as they left it."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import TenantPack
from common.http import ServiceContext
from common.ids import new_id

from ..tenants.models import OrgNode
from ..tenants.rules import ROOT, NodeFacts, nodes_of
from . import rules
from .moving import follow
from .repository import OrganisationRepository


async def grow_tree(session: AsyncSession, *, context: ServiceContext, pack: TenantPack) -> None:
    """Add, describe and move the branches of a pack; one that it no longer has is retired, never removed.

    Units and staff follow a branch that the pack moves.
    """
    tree = OrganisationRepository.of(session)
    nodes = {node.code: node for node in await tree.nodes()}
    told = nodes_of(pack)
    for facts in told:
        parent = nodes[facts.parent] if facts.parent else None
        path = rules.child_path(parent.path, facts.code) if parent else ROOT
        node = nodes.get(facts.code)
        if node is None:
            nodes[facts.code] = tree.add(_new(facts, parent, path))
        elif node.origin == "pack":
            await _bring(session, context, nodes, node, facts, parent, path)
    for code in nodes.keys() - {facts.code for facts in told}:
        if nodes[code].origin == "pack":
            nodes[code].set_retired(True)


async def _bring(
    session: AsyncSession,
    context: ServiceContext,
    nodes: dict[str, OrgNode],
    node: OrgNode,
    facts: NodeFacts,
    parent: OrgNode | None,
    path: str,
) -> None:
    if node.path != path:
        await follow(session, context=context, old=node.path, new=path)
        for known in nodes.values():
            await session.refresh(known)
    node.describe(level=facts.level, name_zh=facts.name_zh, name_en=facts.name_en, region=facts.region)
    node.move(parent_id=parent.id if parent else None, path=path)
    node.set_retired(False)


def _new(facts: NodeFacts, parent: OrgNode | None, path: str) -> OrgNode:
    return OrgNode(
        id=new_id(), code=facts.code, level=facts.level, parent_id=parent.id if parent else None, path=path,
        name_zh=facts.name_zh, name_en=facts.name_en, region=facts.region, origin="pack",
    )  # fmt: skip
