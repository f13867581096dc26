"""What notify says: messages that left or did not."""

from typing import ClassVar
from uuid import UUID

from ..events.contract import Event


class MessageSent(Event):
    """A provider accepted a message."""

    wire: ClassVar[str] = "notify.message_sent.v1"
    message_id: UUID
    channel: str
    template: str
    cause_id: UUID
    """The event that caused it."""
    person_id: UUID | None = None

    @property
    def key(self) -> str:
        """Message."""
        return str(self.message_id)


class MessageFailed(Event):
    """A message was given up."""

    wire: ClassVar[str] = "notify.message_failed.v1"
    message_id: UUID
    channel: str
    template: str
    cause_id: UUID
    reason: str

    @property
    def key(self) -> str:
        """Message."""
        return str(self.message_id)
