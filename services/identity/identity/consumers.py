"""What identity listens to."""

from typing import Any

from common.consumer import Subscription

from .members import consumers as members
from .members.covers import consumers as covers
from .tenants import consumers as tenants

SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    *members.SUBSCRIPTIONS,
    *covers.SUBSCRIPTIONS,
    *tenants.SUBSCRIPTIONS,
)
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
