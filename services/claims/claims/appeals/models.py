"""An appeal or complaint. States change through methods only."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.auth import Actor, Eyes
from common.clock import now
from common.db import Base, VersionedRow

from .errors import AppealClosed


class Appeal(VersionedRow, Base):
    """An appeal 申诉 or a complaint 投诉 about a claim; `words` and `answer` are sealed."""

    __tablename__ = "appeal"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    claim_id: Mapped[UUID]
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")
    """open | granted | dismissed | answered | withdrawn"""
    words: Mapped[str]
    node: Mapped[str]
    node_role: Mapped[str]
    due_on: Mapped[date]
    account_id: Mapped[UUID]
    human: Mapped[UUID | None] = mapped_column(default=None)
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    org_path: Mapped[str]
    answer: Mapped[str | None]
    handler_id: Mapped[UUID | None]
    handler: Mapped[str] = mapped_column(default="")
    handlers: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Who answered at the nodes before: account and the person behind it as ids, and what they said, words sealed."""
    answered_at: Mapped[datetime | None]

    def must_be_open(self) -> None:
        """Raise AppealClosed once it is answered or withdrawn."""
        if self.status != "open":
            raise AppealClosed

    def move_to(self, *, node: str, role: str, handler: Actor, decision: str, answer: str) -> None:
        """Go on to the next node of the appeals' chain; who answered here answers at no other node.

        `answer`: what they said, sealed; the next node reads it, and it is told to nobody else.
        """
        self.must_be_open()
        said = {
            "account": str(handler.id),
            "human": str(handler.human) if handler.human else None,
            "label": handler.label,
            "node": self.node,
            "decision": decision,
            "answer": answer,
            "at": now().isoformat(),
        }
        self.handlers = [*self.handlers, said]
        self.node, self.node_role = node, role
        self.handler_id, self.handler = handler.id, handler.label
        self.touch()

    def forget_words(self, erased: str) -> None:
        """Put `erased` in the place of the answer and of what was said at the nodes before."""
        if self.answer is not None:
            self.answer = erased
        self.handlers = [{**one, "answer": erased} if one.get("answer") else one for one in self.handlers]
        self.touch()

    @property
    def earlier(self) -> list[Eyes]:
        """Who answered at the nodes before."""
        known = [
            Eyes(UUID(one["account"]), UUID(one["human"]) if one["human"] else None) for one in self.handlers
        ]
        return [*known, Eyes(self.handler_id)] if self.handler_id else known

    def close(self, decision: str, *, answer: str, handler_id: UUID, handler: str) -> None:
        """Answer it: granted, dismissed (appeal) or answered (complaint)."""
        self.must_be_open()
        self.status, self.answer = decision, answer
        self.handler_id, self.handler, self.answered_at = handler_id, handler, now()
        self.touch()

    def withdraw(self) -> None:
        """The member takes it back."""
        self.must_be_open()
        self.status = "withdrawn"
        self.touch()
