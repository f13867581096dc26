"""When a decision can be appealed against, and who may answer. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from common.contracts.pack import Chain, ClaimKind, Node

FALLBACK_DAYS = 15
"""Days until the answer where the pack's node sets no deadline."""


def last_day(kind: ClaimKind, decided_on: date) -> date:
    """Return the last day on which a decision can be appealed against."""
    return decided_on + timedelta(days=kind.appeal_days)


def answer_by(chain: Chain, today: date) -> date:
    """Return the day by which an appeal lodged today is answered: the deadlines of all its nodes together."""
    return today + timedelta(days=sum(node.deadline_days or FALLBACK_DAYS for node in chain.nodes))


def may_answer(
    node: Node, *, roles: frozenset[str], actor_id: UUID, concerned: Iterable[UUID | None]
) -> bool:
    """Say whether somebody may answer at a node: of its role, and with no hand in the claim or the appeal so far."""
    return node.role in roles and actor_id not in set(concerned)
