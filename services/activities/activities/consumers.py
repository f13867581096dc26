"""Everything activities listens to: the tenants. Who may join stands in the caller's token."""

from common.consumer.tenants import tenant_subscriptions

SUBSCRIPTIONS = tenant_subscriptions()
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
