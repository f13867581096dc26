"""Who may decide at a node (四眼原则), how long a task is somebody's, when it is due. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from common.auth import Eyes
from common.clock import business_day
from common.contracts.pack import Node

HOLD = timedelta(hours=4)
"""A task that somebody took and did not decide is free again after this time; an assigned one stays theirs."""
NEAR = 1
"""Days before a node's deadline on which the reminder goes out."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Somebody's decision at a node of the claim, in any round."""

    node: str
    handler_id: UUID
    action: str = "agreed"
    human: UUID | None = None


def same_person(node: Node, *, me: Eyes, applicant: Eyes, decided: Iterable[Decided]) -> bool:
    """Say whether the caller has a hand in the claim already, with this or another account.

    They made the application, decided another node of it, or refused it before the appeal that brought it back.
    """
    if me.are(applicant):
        return True
    return any(
        me.are(Eyes(item.handler_id, item.human)) and (item.node != node.code or item.action == "rejected")
        for item in decided
    )


def held_by_another(
    *,
    handler_id: UUID | None,
    since: datetime | None,
    assigned: bool,
    actor_id: UUID,
    at: datetime,
) -> bool:
    """Say whether a task is somebody else's now."""
    if handler_id is None or handler_id == actor_id:
        return False
    return assigned or since is None or at - since < HOLD


def deadline_of(node: Node, since: datetime | None) -> date | None:
    """Return the day by which a node should have decided, None where the pack sets none."""
    if since is None or not node.deadline_days:
        return None
    return business_day(since) + timedelta(days=node.deadline_days)


def reminder_of(deadline: date | None, today: date, *, near: int = NEAR) -> str | None:
    """Return which reminder a deadline asks for today: near, over, or none yet."""
    if deadline is None or (deadline - today).days > near:
        return None
    return "over" if deadline < today else "near"


EVERY_DAYS, AT_MOST = 7, 3
"""A member is reminded of papers after each week of waiting, so many times."""


def papers_reminder(waited: int) -> int | None:
    """Return which reminder is due after so many days of waiting; None before the first and after the last week."""
    which = waited // EVERY_DAYS
    return which if 1 <= which <= AT_MOST else None
