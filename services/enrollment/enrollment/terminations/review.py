"""Use cases of the chain: pass, return, reject. After the last node the policies end."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.contracts.pack.chains import Chain, Node
from common.crypto import TenantKeys, seal_words
from common.tenancy import pack_of_version

from ..orders.rules import next_node
from .deciding import check
from .errors import DecisionNotAllowed
from .models import Termination, TerminationStatus
from .refunding import end_and_refund
from .repository import TerminationRepository
from .service import chain_of, find_termination


async def approve_termination(
    session: AsyncSession, *, actor: Actor, termination_id: UUID, opinion: str | None, keys: TenantKeys
) -> Termination:
    """Pass the node at which the request stands; after the last one the policies end and refunds are owed."""
    termination, node, chain = await _at_node(session, actor, termination_id)
    following = next_node(chain, node.code)
    await _note(session, termination, node, "passed", actor, seal_words(keys, opinion) if opinion else None)
    termination.pass_node(next_node=following)
    if following is None:
        termination.refunded = await end_and_refund(session, termination)
    await session.flush()
    return termination


async def return_termination(
    session: AsyncSession, *, actor: Actor, termination_id: UUID, reason: str, keys: TenantKeys
) -> Termination:
    """Give a request back with the reason; it is a draft again."""
    termination, node, _ = await _at_node(session, actor, termination_id)
    if not node.may_return:
        raise DecisionNotAllowed(node_zh=node.title.zh, node_en=node.title.en)
    words = seal_words(keys, reason)
    await _note(session, termination, node, "returned", actor, words)
    termination.return_for_correction(reason=words)
    await session.flush()
    return termination


async def reject_termination(
    session: AsyncSession, *, actor: Actor, termination_id: UUID, reason: str, keys: TenantKeys
) -> Termination:
    """Refuse a request; its policies go on and may be asked for again."""
    termination, node, _ = await _at_node(session, actor, termination_id)
    if not node.may_reject:
        raise DecisionNotAllowed(node_zh=node.title.zh, node_en=node.title.en)
    words = seal_words(keys, reason)
    await _note(session, termination, node, "rejected", actor, words)
    termination.reject(reason=words)
    items = await TerminationRepository(session, actor.tenant_id).items(termination)
    for item in items.values():
        item.close(outcome=None)
    await session.flush()
    return termination


async def _at_node(
    session: AsyncSession, actor: Actor, termination_id: UUID
) -> tuple[Termination, Node, Chain]:
    """Lock a request under review and return it with its node; checks role and four eyes."""
    termination = await find_termination(session, actor=actor, termination_id=termination_id, lock=True)
    termination.require(TerminationStatus.SUBMITTED)
    chain = chain_of(await pack_of_version(session, termination.pack_version))
    node = chain.node(termination.node or "")
    steps = await TerminationRepository(session, actor.tenant_id).steps(termination)
    check(actor, termination, node, steps)
    return termination, node, chain


async def _note(
    session: AsyncSession,
    termination: Termination,
    node: Node,
    decision: str,
    actor: Actor,
    opinion: str | None,
) -> None:
    repository = TerminationRepository(session, actor.tenant_id)
    repository.record(termination, node=node.code, decision=decision, actor=actor, opinion=opinion)
    subject = f"termination:{termination.id}"
    detail = {"node": node.code}
    await record(session, actor_id=actor.id, action=f"termination.{decision}", subject=subject, detail=detail)
