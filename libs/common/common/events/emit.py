"""How a use case says that something happened."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .contract import Event

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class ReadyEvent:
    """A mass event that a statement puts into the outbox itself, behind `opening`: the begin of its data, as JSON.

    Models of each fact would take most of the time, and so would carrying masses out of the database and back. Whoever
    uses it has a test that the contract reads what was written.
    """

    contract: type[Event]
    key: str
    opening: str


def emit(session: "AsyncSession", event: Event) -> None:
    """Say that something happened; it leaves with the commit of `session` or not at all.

    The outbox row is written when the transaction commits, after the rows that made it true are locked.
    """
    from .outbox import leave_with_commit  # whoever only reads contracts never pays for SQLAlchemy

    leave_with_commit(session)
    emitted(session).append(event)


def emitted(session: "AsyncSession") -> list[Event]:
    """Return what this session has emitted and not yet written."""
    events: list[Event] = session.info.setdefault("emitted", [])
    return events
