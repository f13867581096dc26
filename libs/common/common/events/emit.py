"""How a use case says that something happened."""

from sqlalchemy.ext.asyncio import AsyncSession

from .contract import Event


def emit(session: AsyncSession, event: Event) -> None:
    """Say that something happened; it leaves with the commit of `session` or not at all.

    The outbox row is written when the transaction commits, after the rows that made it true are locked.
    """
    session.info.setdefault("emitted", []).append(event)


def emitted(session: AsyncSession) -> list[Event]:
    """Return what this session has emitted and not yet written."""
    events: list[Event] = session.info.setdefault("emitted", [])
    return events
