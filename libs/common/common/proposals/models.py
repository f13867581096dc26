"""The table of proposals. A proposal never changes but for its one decision."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from ..auth.actor import Actor
from ..clock import now
from ..db.columns import Base, VersionedRow
from .errors import ProposalDecided, ProposalExpired, SamePerson

PROPOSED, APPROVED, REJECTED, WITHDRAWN, EXPIRED = (
    "proposed", "approved", "rejected", "withdrawn", "expired",
)  # fmt: skip


class Proposal(VersionedRow, Base):
    """A command that waits for a second person, or what became of it. Free texts and parameters are sealed."""

    __tablename__ = "proposal"
    command: Mapped[str]
    subject: Mapped[str | None]
    parameters: Mapped[str]
    """JSON, sealed, context "proposal.parameters"."""
    digest: Mapped[str]
    """Blind index of command and parameters: what runs is what was proposed."""
    proposed_by: Mapped[UUID]
    proposer: Mapped[dict[str, Any]]
    reason: Mapped[str | None]
    """Sealed, context "proposal.reason"."""
    state: Mapped[str] = mapped_column(default=PROPOSED)
    expires_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    opinion: Mapped[str | None]
    """Sealed, context "proposal.opinion"."""
    outcome: Mapped[str | None]
    """What running it answered: JSON, sealed, context "proposal.outcome"."""

    @property
    def by(self) -> Actor:
        """Who proposed, as they were then."""
        return Actor.model_validate(self.proposer)

    @property
    def state_now(self) -> str:
        """The state, expired also before the job has noted it."""
        return EXPIRED if self.state == PROPOSED and self.expires_at <= now() else self.state

    def require_open(self) -> None:
        """ProposalDecided or ProposalExpired unless it waits."""
        if self.state_now == EXPIRED:
            raise ProposalExpired
        if self.state != PROPOSED:
            raise ProposalDecided

    def approve(self, decider: Actor, *, opinion: str | None) -> None:
        """Another person consents; SamePerson."""
        self._decide(APPROVED, decider, opinion)

    def reject(self, decider: Actor, *, opinion: str) -> None:
        """Another person refuses; SamePerson."""
        self._decide(REJECTED, decider, opinion)

    def _decide(self, state: str, decider: Actor, opinion: str | None) -> None:
        self.require_open()
        if self.by.is_same_human(decider):
            raise SamePerson(permission=self.command, action="复核本人提出的申请")
        self.decided_by, self.opinion = decider.id, opinion
        self._end(state)

    def withdraw(self) -> None:
        """Who proposed takes it back."""
        self.require_open()
        self._end(WITHDRAWN)

    def expire(self) -> None:
        """Nobody decided in time."""
        self._end(EXPIRED)

    def _end(self, state: str) -> None:
        self.state, self.decided_at = state, now()
        self.touch()
