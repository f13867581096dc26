"""Everything notify listens to."""

from common.consumer.tenants import tenant_subscriptions

from .copies.consumers import SUBSCRIPTIONS as COPIES
from .erasure import SUBSCRIPTION as ERASURE
from .export import SUBSCRIPTION as EXPORT
from .telling.activity_consumers import SUBSCRIPTIONS as ACTIVITIES
from .telling.consumers import SUBSCRIPTIONS as TELLING
from .telling.enrolment_consumers import SUBSCRIPTIONS as ENROLMENT
from .telling.refunds import SUBSCRIPTIONS as REFUNDS
from .telling.reports import SUBSCRIPTIONS as REPORTS
from .webhooks.recording import with_webhooks

SUBSCRIPTIONS = with_webhooks(
    (
        *tenant_subscriptions(),
        ERASURE,
        EXPORT,
        *COPIES,
        *TELLING,
        *ENROLMENT,
        *REFUNDS,
        *REPORTS,
        *ACTIVITIES,
    )
)
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
