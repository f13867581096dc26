"""Everything notify listens to."""

from common.consumer.tenants import tenant_subscriptions

from .copies.consumers import SUBSCRIPTIONS as COPIES
from .telling.consumers import SUBSCRIPTIONS as TELLING

SUBSCRIPTIONS = (*tenant_subscriptions(), *COPIES, *TELLING)
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
