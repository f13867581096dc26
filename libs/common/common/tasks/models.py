"""The table of tasks. A task is a wish that takes long: queued, running, and then done, failed or cancelled."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from ..clock import now
from ..db.columns import Base, TenantRow
from ..ids import new_id
from ..storage.store import object_name
from .errors import TaskEnded
from .rules import CANCELLED, DONE, ENDED, FAILED, QUEUED, RUNNING

LEFTOVERS_KEPT = timedelta(hours=1)
"""How long the half-written file of an ended run may lie; nobody can download it."""


class Task(TenantRow, Base):
    """One piece of long work. `cursor` and `counts` hold ids and numbers only; `parameters` are sealed JSON."""

    __tablename__ = "task"
    kind: Mapped[str]
    requested_by: Mapped[UUID]
    actor: Mapped[dict[str, Any]]
    """Who asked, with the permissions and the scope of that moment: the work is done within them."""
    parameters: Mapped[str | None]
    """Sealed, context "task.parameters"; forgotten some time after the end."""
    state: Mapped[str] = mapped_column(default=QUEUED)
    total: Mapped[int | None] = mapped_column(BigInteger)
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    cursor: Mapped[dict[str, Any] | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    problem: Mapped[dict[str, Any] | None]
    cancel_requested_at: Mapped[datetime | None]
    lease: Mapped[UUID | None]
    """Names the run in progress, so that one that lost its lease cannot write."""
    leased_until: Mapped[datetime] = mapped_column(default=now)
    """Nobody else takes it before this instant; of a waiting one it is in the past."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Runs begun since it last got on."""
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    clear_at: Mapped[datetime | None]
    """When parameters and file are to be removed; None while it runs and after they have been."""
    object_name: Mapped[str | None]
    result_key: Mapped[str | None]
    """The file's own key, sealed, context "task.key"; without it the file is unreadable everywhere."""
    result_file: Mapped[str | None]
    """The name under which it is downloaded, sealed, context "task.file"."""
    result_type: Mapped[str | None]
    result_size: Mapped[int | None] = mapped_column(BigInteger)
    result_until: Mapped[datetime | None]

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED

    @property
    def folder(self) -> str:
        """Below this name are the files of its runs."""
        return object_name(self.tenant_id, "tasks", self.id)

    def take(self, lasting: timedelta) -> UUID:
        """Begin a run and return its lease."""
        self.state, self.lease, self.leased_until = RUNNING, new_id(), now() + lasting
        self.started_at = self.started_at or now()
        self.attempts += 1
        return self.lease

    def put_back(self, *, blameless: bool, seconds: float = 0.0) -> None:
        """The run ended before its time; somebody may go on in so many seconds."""
        self.lease, self.leased_until = None, now() + timedelta(seconds=seconds)
        if blameless:
            self.attempts = max(self.attempts - 1, 0)

    def cancel(self) -> None:
        """Ask for an end. What waits ends at once, what runs after its present chunk; TaskEnded if it has ended."""
        if self.state == CANCELLED or self.cancel_requested_at is not None:
            return
        if self.ended:
            raise TaskEnded
        self.cancel_requested_at = now()
        if self.state == QUEUED:
            self.end_cancelled()

    def end_cancelled(self) -> None:
        """Stop for good, as was wished."""
        self._end(CANCELLED, now() + LEFTOVERS_KEPT)

    def end_failed(self, problem: dict[str, Any]) -> None:
        """Stop for good because it cannot go on."""
        self.problem = problem
        self._end(FAILED, now() + LEFTOVERS_KEPT)

    def end_done(self, *, kept: timedelta) -> None:
        """All is done; the file, if there is one, can be downloaded for so long."""
        if self.total is None:
            self.total = self.done
        if self.result_key is not None:
            self.result_until = now() + kept
        self._end(DONE, now() + kept)

    def _end(self, state: str, clear_at: datetime) -> None:
        self.state, self.lease, self.finished_at, self.clear_at = state, None, now(), clear_at

    def clear(self) -> None:
        """Forget what it was asked with and the key of its file."""
        self.parameters, self.result_key, self.result_file, self.clear_at = None, None, None, None
