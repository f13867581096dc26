"""What notify says: messages that left or did not."""

from datetime import datetime
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


class ArticlePublished(Event):
    """A text of an announcement, a help page or an article is shown from a time on; what it says is public."""

    wire: ClassVar[str] = "notify.article_published.v1"
    article_id: UUID
    kind: str
    title: str
    audience: list[str]
    revision: int
    visible_from: datetime

    @property
    def key(self) -> str:
        """Article."""
        return str(self.article_id)


class ArticleWithdrawn(Event):
    """An article is shown no more."""

    wire: ClassVar[str] = "notify.article_withdrawn.v1"
    article_id: UUID
    kind: str

    @property
    def key(self) -> str:
        """Article."""
        return str(self.article_id)
