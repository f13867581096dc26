"""How a use case says that something happened."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from .contract import Event


@dataclass(frozen=True)
class ReadyEvent:
    """A mass event whose data is JSON already, as its contract says: models of each fact would take most of the time.

    Whoever uses it has a test that the contract reads what was written.
    """

    contract: type[Event]
    key: str
    json: bytes


def emit(session: AsyncSession, event: Event | ReadyEvent) -> None:
    """Say that something happened; it leaves with the commit of `session` or not at all.

    The outbox row is written when the transaction commits, after the rows that made it true are locked.
    """
    session.info.setdefault("emitted", []).append(event)


def emitted(session: AsyncSession) -> list[Event | ReadyEvent]:
    """Return what this session has emitted and not yet written."""
    events: list[Event | ReadyEvent] = session.info.setdefault("emitted", [])
    return events
