"""When a decision can be appealed against, when it is answered, and who has a hand in it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from common.auth import Eyes
from common.auth.scope import path_range
from common.contracts.pack import Chain, ClaimKind

FALLBACK_DAYS = 15
"""Days until the answer where the pack's node sets no deadline."""


def last_day(kind: ClaimKind, decided_on: date) -> date:
    """Return the last day on which a decision can be appealed against."""
    return decided_on + timedelta(days=kind.appeal_days)


def answer_by(chain: Chain, today: date) -> date:
    """Return the day by which an appeal lodged today is answered: the deadlines of all its nodes together."""
    return today + timedelta(days=sum(node.deadline_days or FALLBACK_DAYS for node in chain.nodes))


@dataclass(frozen=True, slots=True)
class Hands:
    """Who has a hand in an appeal and its claim: none of them answers it, under no account."""

    person_id: UUID
    """Whose claim it is."""
    makers: tuple[Eyes, ...]
    """Who made the claim and who lodged the appeal."""
    deciders: tuple[Eyes, ...]
    """Who stands in the claim's timeline, and who answered at the nodes before."""

    def own(self, me: Eyes, person_id: UUID | None) -> bool:
        """Say whether the claim is somebody's own, or they made it or the appeal."""
        return (person_id is not None and person_id == self.person_id) or _among(me, self.makers)

    def hold(self, me: Eyes) -> bool:
        """Say whether somebody made or decided any part of it."""
        return _among(me, self.makers) or _among(me, self.deciders)


def _among(me: Eyes, others: Iterable[Eyes]) -> bool:
    return any(me.are(other) for other in others)


def reaches(org_path: str, path: str) -> bool:
    """Say whether who works for one part of the organisation sees what lies in another; "" is the whole union."""
    low, high = path_range(org_path)
    return org_path in ("", "/") or low <= (path or "/") < high
