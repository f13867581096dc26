"""A claim and what belongs to it. States change through methods only."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import now
from common.db import Base, TenantRow, VersionedRow

from .errors import ClaimClosed, ClaimNotInReview, ClaimNotPayable

Status = Literal[
    "draft", "to_upload", "in_review", "returned", "approved", "rejected", "withdrawn", "paid", "payment_failed"
]  # fmt: skip
OPEN_TO_APPLICANT = frozenset({"draft", "to_upload", "returned"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which claims a list asks for; what is left out narrows nothing. `year` is the event's."""

    status: str | None = None
    kind: str | None = None
    product_code: str | None = None
    year: int | None = None
    number: str | None = None
    person_id: UUID | None = None


class Claim(VersionedRow, Base):
    """An application (理赔申请): of a member, of the settlement feed, or taken at the counter."""

    __tablename__ = "claim"
    number: Mapped[str | None]
    kind: Mapped[str]
    event: Mapped[str]
    product_code: Mapped[str | None]
    fund: Mapped[str]
    policy_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    org_path: Mapped[str] = mapped_column(default="")
    pack_version: Mapped[int]
    opened_by: Mapped[str]
    account_id: Mapped[UUID | None]
    """Who made the application; None where the feed did."""
    human: Mapped[UUID | None] = mapped_column(default=None)
    """The person behind that account."""
    status: Mapped[str]
    node: Mapped[str | None]
    node_role: Mapped[str | None]
    node_since: Mapped[datetime | None]
    handler_id: Mapped[UUID | None] = mapped_column(default=None)
    """Who has taken the task, or whom it was assigned to; the others leave it alone meanwhile."""
    handler: Mapped[str] = mapped_column(default="")
    handler_since: Mapped[datetime | None] = mapped_column(default=None)
    assigned_by: Mapped[UUID | None] = mapped_column(default=None)
    round: Mapped[int] = mapped_column(default=1)
    """Counts up each time a returned claim is handed in again."""
    form: Mapped[str]
    """Sealed JSON of the fields."""
    event_on: Mapped[date | None]
    admitted_on: Mapped[date | None]
    discharged_on: Mapped[date | None]
    due_on: Mapped[date | None]
    """The day by which the claim should be decided and paid."""
    amount: Mapped[Decimal | None]
    explanation: Mapped[str | None]
    """Sealed JSON: lines and reasons of the calculation."""
    review_reasons: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """Why a person looks at it, when rules alone did not decide."""
    automatic: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None]
    on_behalf: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """Who applies for the person: relation, sealed name, the consent's text, when and by whom it was given."""
    payee: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    """Who is paid where the application names it: kind, and name and card as sealed tokens."""
    missing: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    """What a reviewer asked for when the claim was returned."""
    saved_at: Mapped[datetime | None] = mapped_column(default=None)
    """When somebody last changed the draft."""
    returned_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it last went back to its applicant."""
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]

    def change_form(self, form: str) -> None:
        """Store new values of the fields; ClaimClosed unless the applicant may still change them."""
        self.must_be_open()
        self.form = form
        self.touch()

    def save(self) -> None:
        """Somebody has just changed the draft; on another device it goes on from here."""
        self.saved_at = now()

    def must_be_open(self) -> None:
        """Raise ClaimClosed unless the applicant may still change the claim."""
        if self.status not in OPEN_TO_APPLICANT:
            raise ClaimClosed

    def submit(self, *, number: str) -> None:
        """Hand in; the claim keeps its number when it comes back from a return."""
        self.must_be_open()
        if self.status == "returned":
            self.round += 1
        self.number = self.number or number
        self.reason, self.missing = None, []
        self.submitted_at = now()
        self.touch()

    def move_to(self, *, node: str, role: str) -> None:
        """Stand at a node of the chain (节点)."""
        self.status = "in_review"
        self.node, self.node_role, self.node_since = node, role, now()
        self.put_down()
        self.touch()

    def take(self, handler_id: UUID, handler: str, *, assigned_by: UUID | None = None) -> None:
        """Be somebody's task: taken by themselves, or assigned by another."""
        if self.status != "in_review":
            raise ClaimNotInReview
        self.handler_id, self.handler, self.handler_since = handler_id, handler, now()
        self.assigned_by = assigned_by
        self.touch()

    def put_down(self) -> None:
        """Be nobody's task."""
        self.handler_id = self.handler_since = self.assigned_by = None
        self.handler = ""

    def reopen(self, *, node: str, role: str) -> None:
        """Be looked at again from the first node, in a new round: one that was refused, or granted and not paid."""
        if self.status not in {"rejected", "approved", "payment_failed"}:
            raise ClaimClosed
        self.automatic = False
        self.round += 1
        self.reason = self.decided_at = None
        self.move_to(node=node, role=role)

    def must_be_at(self, node: str) -> None:
        """Raise ClaimNotInReview unless the claim waits at this node."""
        if self.status != "in_review" or self.node != node:
            raise ClaimNotInReview

    def approve(self, *, automatic: bool = False) -> None:
        """Decide in the person's favour."""
        self._leave("approved")
        self.automatic = automatic
        self.decided_at = now()

    def reject(self, reason: str) -> None:
        """Refuse, with the reason."""
        self._leave("rejected")
        self.reason = reason
        self.decided_at = now()

    def give_back(self, reason: str, *, missing: list[dict[str, Any]] | None = None) -> None:
        """Return to the applicant for correction (退回补正), with what is missing."""
        self._leave("returned")
        self.returned_at = now()
        self.reason = reason
        self.missing = missing or []

    def withdraw(self) -> None:
        """The applicant takes it back."""
        if self.status not in OPEN_TO_APPLICANT | {"in_review"}:
            raise ClaimClosed
        self._leave("withdrawn")

    def complete_payment(self) -> None:
        """The bank paid."""
        self._after_decision("paid")

    def fail_payment(self, reason: str) -> None:
        """The bank refused the transfer."""
        self._after_decision("payment_failed")
        self.reason = reason

    def await_payment(self) -> None:
        """After a transfer that failed the payout waits again, for another card or once more."""
        if self.status == "payment_failed":
            self._after_decision("approved")
            self.reason = None

    def reverse_payment(self, reason: str) -> None:
        """The bank gave the money back after it had been paid (退汇)."""
        if self.status != "paid":
            raise ClaimNotPayable
        self.status, self.reason = "payment_failed", reason
        self.touch()

    def _after_decision(self, status: Status) -> None:
        if self.status not in {"approved", "payment_failed"}:
            raise ClaimNotPayable
        self.status = status
        self.touch()

    def _leave(self, status: Status) -> None:
        self.status = status
        self.node = self.node_role = self.node_since = None
        self.put_down()
        self.touch()


class ClaimDocument(TenantRow, Base):
    """A document of a claim: which rule of the kind it fulfils, for which stay (0: the whole claim)."""

    __tablename__ = "claim_document"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    claim_id: Mapped[UUID]
    document_id: Mapped[UUID]
    rule: Mapped[str]
    stay: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str]
    appeal_id: Mapped[UUID | None] = mapped_column(default=None)
    """The appeal or complaint that brought it."""


class ClaimStep(TenantRow, Base):
    """One entry of the timeline: node, handler, time, opinion. Never changed."""

    __tablename__ = "claim_step"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    claim_id: Mapped[UUID]
    round: Mapped[int]
    node: Mapped[str]
    action: Mapped[str]
    """opened | submitted | agreed | returned | rejected | decided | assigned | withdrawn | reopened | paid | failed |
    reversed"""
    handler_id: Mapped[UUID | None]
    handler: Mapped[str] = mapped_column(default="")
    """The sign-in name of staff; empty for the applicant and the platform."""
    human: Mapped[UUID | None] = mapped_column(default=None)
    """The person behind the handler's account."""
    opinion: Mapped[str] = mapped_column(default="")
    """Sealed where a person wrote it."""


class Evidence(TenantRow, Base):
    """A receipt number or picture that a live claim uses up; unique in the tenant.

    `share`: empty for the first use, which keeps everybody else away; of a further use by the same person (where the
    pack lets kinds share a stay) the kind of its claim.
    """

    __tablename__ = "evidence"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    claim_id: Mapped[UUID]
    kind: Mapped[str]
    mark: Mapped[str]
    share: Mapped[str] = mapped_column(default="")


class Picture(TenantRow, Base):
    """The perceptual hash of a live claim's picture, in bands by which near ones are found."""

    __tablename__ = "picture"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    claim_id: Mapped[UUID]
    document_id: Mapped[UUID]
    phash: Mapped[str]
    receipt_mark: Mapped[str | None]
    band_0: Mapped[int]
    band_1: Mapped[int]
    band_2: Mapped[int]
    band_3: Mapped[int]


class Stay(TenantRow, Base):
    """A hospital stay that a live claim is about."""

    __tablename__ = "stay"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "claim_id"], ["claim.tenant_id", "claim.id"]),)
    claim_id: Mapped[UUID]
    person_id: Mapped[UUID]
    event: Mapped[str]
    admitted_on: Mapped[date]
    discharged_on: Mapped[date]
