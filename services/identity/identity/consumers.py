"""What identity listens to."""

from typing import Any

from common.consumer import Subscription

from .members import consumers as members
from .tenants import consumers as tenants

SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (*members.SUBSCRIPTIONS, *tenants.SUBSCRIPTIONS)
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
