"""Where a request waits, and who may decide there."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor, Eyes
from common.contracts.pack.chains import Node
from common.tenancy import pack_of_version

from .. import auth
from ..orders.errors import FourEyes, NotYourNode
from ..orders.reviewing import check_decider
from ..orders.rules import StepFact
from .models import Termination, TerminationStatus, TerminationStep
from .service import chain_of


async def waits_at(session: AsyncSession, termination: Termination) -> Node | None:
    """Return the node at which a request waits, or None while nobody has to decide on it."""
    if termination.status != TerminationStatus.SUBMITTED:
        return None
    return chain_of(await pack_of_version(session, termination.pack_version)).node(termination.node or "")


def check(actor: Actor, termination: Termination, node: Node, steps: Sequence[TerminationStep]) -> None:
    """Raise NotYourNode or FourEyes unless the caller may decide on a request at a node."""
    passed = [
        StepFact(step.node, Eyes(step.actor_id, step.human))
        for step in steps
        if step.round == termination.round and step.decision == "passed" and step.node
    ]
    check_decider(actor, node, passed=passed, submitters=termination.submitters)


def may_decide(actor: Actor, termination: Termination, node: Node, steps: Sequence[TerminationStep]) -> bool:
    """Whether the caller may decide on a request at the node where it waits."""
    if not actor.may(auth.ORDER_REVIEW):
        return False
    try:
        check(actor, termination, node, steps)
    except (NotYourNode, FourEyes):
        return False
    return True
