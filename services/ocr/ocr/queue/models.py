"""The queue: which documents are to be read, and who is reading them now."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow
from common.ids import new_id


class QueuedDocument(TenantRow, Base):
    """A document that waits, or is read under a lease. `id` is the document's."""

    __tablename__ = "document_queue"
    owner_id: Mapped[UUID | None]
    """Who handed it in; nobody where the service itself wants pictures of an older one."""
    leased_until: Mapped[datetime] = mapped_column(default=now)
    """Nobody else takes it before this instant; of a waiting one it is in the past."""
    lease: Mapped[UUID | None]
    """Names the reading in progress, so that one that lost its lease cannot write."""
    attempts: Mapped[int] = mapped_column(default=0)
    pictures_only: Mapped[bool] = mapped_column(default=False)
    """People look at it and nothing is read on it: only the pictures of its pages are made."""
    crashes: Mapped[int] = mapped_column(default=0)
    """How often the reading itself died, was too long or failed; a killed recogniser does not count here."""

    @classmethod
    def new(cls, document_id: UUID, *, owner_id: UUID, pictures_only: bool = False) -> Self:
        """Return the row of a document that waits."""
        return cls(
            id=document_id,
            owner_id=owner_id,
            pictures_only=pictures_only,
            leased_until=now(),
            attempts=0,
            crashes=0,
        )

    def take(self, lasting: timedelta) -> UUID:
        """Begin a reading and return its lease."""
        self.lease, self.attempts = new_id(), self.attempts + 1
        self.leased_until = now() + lasting
        return self.lease

    def renew(self, lasting: timedelta) -> None:
        """The reading goes on."""
        self.leased_until = now() + lasting

    def release(self, *, crashed: bool) -> None:
        """The reading ended without a result; somebody may begin anew at once."""
        self.lease, self.leased_until = None, now()
        if crashed:
            self.crashes += 1
        else:
            self.attempts -= 1


class PagesRun(TenantRow, Base):
    """How far a union's documents were looked at for PDFs of before pages had pictures; `id` is the union's."""

    __tablename__ = "pages_run"
    after: Mapped[UUID | None]
    """The last document that was looked at; None: none yet."""
    ended_at: Mapped[datetime | None]

    def advance(self, after: UUID) -> None:
        """All documents up to this one were looked at."""
        self.after = after

    def rest(self, *, lasting: timedelta) -> None:
        """There is none behind the last one; over when it has lasted so long, so that those of an old process count."""
        if now() - self.created_at >= lasting:
            self.ended_at = now()
