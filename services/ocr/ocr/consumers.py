"""What ocr listens to: the tenants, their packs and keys."""

from typing import Any

from common.consumer import Subscription
from common.consumer.tenants import tenant_subscriptions

SUBSCRIPTIONS: tuple[Subscription[Any], ...] = tenant_subscriptions()
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
