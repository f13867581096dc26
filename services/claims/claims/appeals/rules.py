"""When a decision can be appealed against and when it is answered. Pure."""

from datetime import date, timedelta

from common.contracts.pack import Chain, ClaimKind

FALLBACK_DAYS = 15
"""Days until the answer where the pack's node sets no deadline."""


def last_day(kind: ClaimKind, decided_on: date) -> date:
    """Return the last day on which a decision can be appealed against."""
    return decided_on + timedelta(days=kind.appeal_days)


def answer_by(chain: Chain, today: date) -> date:
    """Return the day by which an appeal lodged today is answered: the deadlines of all its nodes together."""
    return today + timedelta(days=sum(node.deadline_days or FALLBACK_DAYS for node in chain.nodes))
