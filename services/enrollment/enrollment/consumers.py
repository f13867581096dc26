"""What enrollment listens to."""

from typing import Any

from common.consumer import Subscription, subscribe
from common.consumer.tenants import tenant_subscriptions
from common.contracts.claims import (
    PayoutCompleted,
    PayoutFailed,
    PayoutRequested,
    PayoutWithdrawn,
    RefundFailed,
    RefundPaid,
)
from common.contracts.enrollment import OrderPaid, RefundDue
from common.contracts.identity import (
    MemberBound,
    MemberChanged,
    MembersAdmitted,
    MemberTransferred,
    UnitApproved,
    UnitReturned,
    UnitsSnapshot,
)

from .cases.consumers import SUBSCRIPTIONS as CASES
from .copies.consumers import (
    on_member_bound,
    on_member_changed,
    on_member_transferred,
    on_members_admitted,
    on_unit_approved,
    on_unit_returned,
    on_units_snapshot,
)
from .erasure import SUBSCRIPTION as ERASURE
from .export import SUBSCRIPTION as EXPORT
from .issuing.consumers import on_order_paid
from .online_payments.consumers import on_refund_due
from .refunds.consumers import on_refund_failed, on_refund_paid
from .terminations.consumers import (
    on_payout_completed,
    on_payout_failed,
    on_payout_requested,
    on_payout_withdrawn,
)

SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    *tenant_subscriptions(),
    subscribe(UnitApproved, on_unit_approved),
    subscribe(UnitReturned, on_unit_returned),
    subscribe(UnitsSnapshot, on_units_snapshot),
    subscribe(MembersAdmitted, on_members_admitted),
    subscribe(MemberChanged, on_member_changed),
    ERASURE,
    EXPORT,
    subscribe(MemberTransferred, on_member_transferred),
    subscribe(MemberBound, on_member_bound),
    subscribe(OrderPaid, on_order_paid, acts=True),
    subscribe(RefundDue, on_refund_due, acts=True),
    subscribe(PayoutRequested, on_payout_requested),
    subscribe(PayoutWithdrawn, on_payout_withdrawn),
    subscribe(PayoutCompleted, on_payout_completed),
    subscribe(PayoutFailed, on_payout_failed),
    *CASES,
    subscribe(RefundPaid, on_refund_paid),
    subscribe(RefundFailed, on_refund_failed),
)
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
