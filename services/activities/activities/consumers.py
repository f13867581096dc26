"""Everything activities listens to: the tenants, and whose facts decide who may join."""

from common.consumer.tenants import tenant_subscriptions

from .copies.consumers import SUBSCRIPTIONS as COPIES
from .erasure import SUBSCRIPTION as ERASURE

SUBSCRIPTIONS = (*tenant_subscriptions(), ERASURE, *COPIES)
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
