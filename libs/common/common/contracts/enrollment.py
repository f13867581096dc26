"""What enrollment says: orders, people covered, policies, contributions."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from ..events.contract import BatchItem, Event, Sealed


class OrderFact(BatchItem):
    """An enrolment order (参保申请) as others need it."""

    order_id: UUID
    number: str
    unit_id: UUID
    product_code: str
    pack_version: int
    people: int
    amount_due: Decimal
    handler_account_id: UUID | None = None


class OrderSubmitted(Event):
    """A handler submitted an order for review."""

    wire: ClassVar[str] = "enrollment.order_submitted.v1"
    order: OrderFact

    @property
    def key(self) -> str:
        """Order."""
        return str(self.order.order_id)


class OrderReturned(Event):
    """A reviewer returned an order with a reason."""

    wire: ClassVar[str] = "enrollment.order_returned.v1"
    order: OrderFact
    reason: Sealed

    @property
    def key(self) -> str:
        """Order."""
        return str(self.order.order_id)


class OrderApproved(Event):
    """The back office approved an order: the amount is due."""

    wire: ClassVar[str] = "enrollment.order_approved.v1"
    order: OrderFact

    @property
    def key(self) -> str:
        """Order."""
        return str(self.order.order_id)


class OrderPaid(Event):
    """Finance confirmed the payment of an order; its policies are being issued."""

    wire: ClassVar[str] = "enrollment.order_paid.v1"
    order: OrderFact
    amount_paid: Decimal
    confirmed_on: date

    @property
    def key(self) -> str:
        """Order."""
        return str(self.order.order_id)


class PaymentHeld(Event):
    """A handler reported another amount than the one due; the order waits until that is put right."""

    wire: ClassVar[str] = "enrollment.payment_held.v1"
    order: OrderFact
    amount_paid: Decimal

    @property
    def key(self) -> str:
        """Order."""
        return str(self.order.order_id)


class ContributionReceived(Event):
    """Money for a fund arrived; the ledger posts it once per `contribution_id`."""

    wire: ClassVar[str] = "enrollment.contribution_received.v1"
    contribution_id: UUID
    order_id: UUID
    order_number: str
    fund: str
    product_code: str
    unit_id: UUID
    amount: Decimal
    received_on: date

    @property
    def key(self) -> str:
        """Order."""
        return str(self.order_id)


class EnrolledPerson(BatchItem):
    """A person whom a unit's roster names."""

    person_id: UUID
    unit_id: UUID
    document_kind: str = "resident_id"
    document_number: Sealed
    name: Sealed
    mobile: Sealed | None = None
    bank_card: Sealed | None = None
    bank_name: str | None = None


class PersonEnrolled(Event):
    """Up to 500 people of a confirmed order; identity registers those it does not know."""

    wire: ClassVar[str] = "enrollment.person_enrolled.v1"
    order_id: UUID
    people: list[EnrolledPerson]

    @property
    def key(self) -> str:
        """Order."""
        return str(self.order_id)


class PolicyFact(BatchItem):
    """A policy (保单): one person's cover by one product for one term; both dates included."""

    policy_id: UUID
    number: str
    person_id: UUID
    unit_id: UUID
    order_id: UUID
    product_code: str
    pack_version: int
    shares: int
    contribution: Decimal
    starts_on: date
    ends_on: date
    status: str
    """in_force | terminated"""
    ended_on: date | None = None
    """Last day of cover of a terminated policy, where that is before `ends_on`."""
    document_number: Sealed
    name: Sealed
    mobile: Sealed | None = None
    bank_card: Sealed | None = None
    bank_name: str | None = None


class PoliciesIssued(Event):
    """Up to 500 policies came into being, or their facts again as a snapshot."""

    wire: ClassVar[str] = "enrollment.policies_issued.v1"
    batch_id: UUID
    policies: list[PolicyFact]
    notify: bool = True

    @property
    def key(self) -> str:
        """Batch."""
        return str(self.batch_id)


class PolicyTerminated(Event):
    """A policy ended before its term."""

    wire: ClassVar[str] = "enrollment.policy_terminated.v1"
    policy: PolicyFact
    ended_on: date
    refund: Decimal = Decimal("0.00")
    """Yuan that come back; RefundDue says to whom."""

    @property
    def key(self) -> str:
        """Policy."""
        return str(self.policy.policy_id)


class RefundDue(Event):
    """Money of a fund goes back to whoever paid it; the ledger posts it once per `refund_id`."""

    wire: ClassVar[str] = "enrollment.refund_due.v1"
    refund_id: UUID
    reason: str
    """covered_meanwhile | ended_meanwhile | not_eligible | begun_later (the money came late, and so the cover) |
    removed | terminated | paid_too_much | cancelled"""
    fund: str
    product_code: str
    amount: Decimal
    """Yuan, above zero."""
    due_on: date
    payee: str
    """unit | member: who paid, and so who gets it back"""
    unit_id: UUID | None = None
    person_id: UUID | None = None
    """The person whose cover it was paid for; None where a refund is for several people."""
    people: int = 1
    order_id: UUID | None = None
    order_number: str | None = None
    policy_id: UUID | None = None
    name: Sealed | None = None
    """The person's name, where no policy tells it."""
    bank_card: Sealed | None = None
    """Where it goes, if the person named a card."""
    bank_name: str | None = None
    way: str | None = None
    """online: the payment provider sends it back, and RefundReturned follows; transfer: the union's bank pays it.

    None in what was said before this was told."""
    instead: bool = False
    """It was to go back online and has been told so; the provider refuses for good. The union's bank pays it, to an
    account that a person names."""

    @property
    def key(self) -> str:
        """Order, so that a refund follows the contribution it gives back; else the refund itself."""
        return str(self.order_id or self.refund_id)


class RefundReturned(Event):
    """A refund went back online, the way it had been paid; said once per `refund_id`."""

    wire: ClassVar[str] = "enrollment.refund_returned.v1"
    refund_id: UUID
    fund: str
    amount: Decimal
    returned_on: date
    number: str
    """The provider's number of the refund."""

    @property
    def key(self) -> str:
        """Refund."""
        return str(self.refund_id)


class ApplicationFact(BatchItem):
    """A member's own application for a product, as others need it."""

    application_id: UUID
    number: str
    person_id: UUID
    unit_id: UUID
    product_code: str
    pack_version: int
    status: str
    amount_due: Decimal | None = None


class ApplicationDecided(Event):
    """A node passed, returned or rejected a member's application; after the last one the amount is due."""

    wire: ClassVar[str] = "enrollment.application_decided.v1"
    application: ApplicationFact
    decision: str
    """passed | returned | rejected"""
    reason: Sealed | None = None

    @property
    def key(self) -> str:
        """Application."""
        return str(self.application.application_id)


class ExpiringGroup(BatchItem):
    """People of a unit whose cover by a product ends soon, or ended a few days ago."""

    product_code: str
    people: int
    first_ends_on: date
    last_ends_on: date


class PolicyExpiring(Event):
    """Cover of a unit's people ends: told once for each unit and month, at noon of the 1st in Asia/Shanghai."""

    wire: ClassVar[str] = "enrollment.policy_expiring.v1"
    notice_id: UUID
    month: str
    unit_id: UUID
    handler_account_id: UUID | None = None
    groups: list[ExpiringGroup]

    @property
    def key(self) -> str:
        """Unit."""
        return str(self.unit_id)
