"""What claims says: applications, decisions, payouts."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from ..events.contract import BatchItem, Event, Sealed


class ClaimFact(BatchItem):
    """A claim (理赔申请) as others need it."""

    claim_id: UUID
    number: str
    kind: str
    person_id: UUID
    unit_id: UUID | None = None
    product_code: str
    pack_version: int
    status: str
    node: str | None = None
    amount: Decimal | None = None
    applicant_id: UUID | None = None
    """The person who applies on behalf of the insured person (代人申请), who is told of it too."""
    heir_paid: bool = False
    """The insured person has died: a legal heir is paid, and only the applicant is told."""
    event_on: date | None = None
    """The first day of the case: the cover that stands on it is the one that is used."""


class _ClaimEvent(Event):
    claim: ClaimFact

    @property
    def key(self) -> str:
        """Claim."""
        return str(self.claim.claim_id)


class ClaimOpened(_ClaimEvent):
    """A claim was opened for a person who must now hand in documents (待上传)."""

    wire: ClassVar[str] = "claims.claim_opened.v1"


class ClaimSubmitted(_ClaimEvent):
    """A claim was handed in."""

    wire: ClassVar[str] = "claims.claim_submitted.v1"


class ClaimReturned(_ClaimEvent):
    """A reviewer returned a claim for correction."""

    wire: ClassVar[str] = "claims.claim_returned.v1"
    reason: Sealed


class ClaimApproved(_ClaimEvent):
    """A claim was decided in the person's favour."""

    wire: ClassVar[str] = "claims.claim_approved.v1"


class ClaimRejected(_ClaimEvent):
    """A claim was refused, with the reason."""

    wire: ClassVar[str] = "claims.claim_rejected.v1"
    reason: Sealed


class ClaimAdvanced(_ClaimEvent):
    """A node agreed, and the claim waits at the next one; `passed` is the node that agreed."""

    wire: ClassVar[str] = "claims.claim_advanced.v1"
    passed: str


class ClaimWithdrawn(_ClaimEvent):
    """The applicant took a claim back before it was decided."""

    wire: ClassVar[str] = "claims.claim_withdrawn.v1"


class ClaimReopened(_ClaimEvent):
    """A decided claim is looked at again, by the first node of its chain."""

    wire: ClassVar[str] = "claims.claim_reopened.v1"
    cause: str = "appeal"
    """appeal (one was granted) | sample (a decision by rules alone was found wrong before it was paid)"""


class ClaimDeadlineNear(_ClaimEvent):
    """A deadline is near or has passed; told once for each deadline and each of the two.

    `deadline`: node (the node's own) or appeal (its answer). `days` are left, negative once it has passed.
    It concerns `handler_id` where somebody has taken the task, else everybody with `role` whose branch holds
    `org_path`.
    """

    wire: ClassVar[str] = "claims.claim_deadline_near.v1"
    deadline: str
    days: int
    role: str | None = None
    org_path: str = ""
    handler_id: UUID | None = None


class ClaimAssigned(_ClaimEvent):
    """A waiting claim was made the task of `handler_id` by another (改派); `reason`: why, if one was written."""

    wire: ClassVar[str] = "claims.claim_assigned.v1"
    handler_id: UUID
    reason: Sealed | None = None


class ClaimPapersDue(_ClaimEvent):
    """A claim waits for its member: papers to be handed in (待上传) or to be corrected (退回). Told a few times."""

    wire: ClassVar[str] = "claims.claim_papers_due.v1"
    waiting_days: int
    reminder: int
    """The first reminder, the second …"""


class _AppealEvent(_ClaimEvent):
    appeal_id: UUID
    kind: str
    """appeal 申诉 | complaint 投诉"""


class AppealLodged(_AppealEvent):
    """A member appeals against a decision, or complains; it is answered by `due_on`."""

    wire: ClassVar[str] = "claims.appeal_lodged.v1"
    due_on: date


class AppealAnswered(_AppealEvent):
    """An appeal or complaint was answered. `decision`: granted | dismissed (appeal), answered (complaint)."""

    wire: ClassVar[str] = "claims.appeal_answered.v1"
    decision: str
    answer: Sealed


class FeedbackGiven(_ClaimEvent):
    """A member said how satisfied they are after the payout (回访), from 1 to 5."""

    wire: ClassVar[str] = "claims.feedback_given.v1"
    score: int


class PayoutFact(BatchItem):
    """A payout (给付) of one decision."""

    payout_id: UUID
    claim_id: UUID
    claim_number: str
    person_id: UUID
    amount: Decimal
    card_tail: Sealed | None = None
    bank_name: str | None = None
    kind: str | None = None
    product_code: str | None = None
    paid_on: date | None = None
    """The day the bank booked it, once it has."""
    event_on: date | None = None
    """The first day of the case that is paid for: the cover that stood on it is the one that was used."""
    applicant_id: UUID | None = None
    """As of the claim: the person who applied on behalf of the insured person, who is told of it too."""
    heir_paid: bool = False
    """The insured person has died: a legal heir is paid, and only the applicant and the heir are told."""
    heir_name: Sealed | None = None
    heir_mobile: Sealed | None = None
    """Of the heir who is paid, where the application gives a mobile: the heir has no account to be found by."""


class _PayoutEvent(Event):
    payout: PayoutFact

    @property
    def key(self) -> str:
        """Claim, so that payouts follow their decision."""
        return str(self.payout.claim_id)


class PayoutRequested(_PayoutEvent):
    """An approved amount waits for a bank batch."""

    wire: ClassVar[str] = "claims.payout_requested.v1"


class PayoutWithdrawn(_PayoutEvent):
    """Its decision is taken back before any money left: it is owed no more, until it is requested once more."""

    wire: ClassVar[str] = "claims.payout_withdrawn.v1"


class PayoutCompleted(_PayoutEvent):
    """The bank confirmed the transfer."""

    wire: ClassVar[str] = "claims.payout_completed.v1"


class PayoutFailed(_PayoutEvent):
    """The bank refused the transfer; the member is asked for another card."""

    wire: ClassVar[str] = "claims.payout_failed.v1"
    reason: Sealed
    reversed: bool = False
    """The money had arrived, and the bank gave it back (退汇)."""


class PayeeChanged(_PayoutEvent):
    """Another card was named for a payout that lacked one or failed.

    It is told to the person, so that nobody leads money away unseen.
    """

    wire: ClassVar[str] = "claims.payee_changed.v1"
    by: str
    """member (in the app) | staff (at the counter, by two people)"""


class RefundFact(BatchItem):
    """A refund (退费) that the union's bank pays, as others need it."""

    refund_id: UUID
    """As in RefundDue."""
    payout_id: UUID
    number: str
    fund: str
    amount: Decimal
    order_number: str | None = None
    unit_id: UUID | None = None
    person_id: UUID | None = None
    card_tail: Sealed | None = None
    paid_on: date | None = None
    payee: str | None = None
    """unit | member: to whom it goes; None of refunds from before it was kept."""
    product_code: str | None = None


class _RefundEvent(Event):
    refund: RefundFact

    @property
    def key(self) -> str:
        """Refund."""
        return str(self.refund.refund_id)


class RefundPaid(_RefundEvent):
    """The bank confirmed the transfer of a refund, or two people noted that it was paid otherwise."""

    wire: ClassVar[str] = "claims.refund_paid.v1"


class RefundFailed(_RefundEvent):
    """The bank refused the transfer or gave the money back, or no account is known; an account must be named."""

    wire: ClassVar[str] = "claims.refund_failed.v1"
    reason: Sealed


class PayoutDeadlineNear(Event):
    """A claim should be decided and paid by a day that is near or over (C.09: a month after discharge)."""

    wire: ClassVar[str] = "claims.payout_deadline_near.v1"
    claim: ClaimFact
    due_on: date
    days_left: int
    """Below zero where the day is over."""
    role: str | None = None
    """The role of the node where it waits; None where it waits for papers or for money."""
    org_path: str = ""
    handler_id: UUID | None = None

    @property
    def key(self) -> str:
        """Claim."""
        return str(self.claim.claim_id)
