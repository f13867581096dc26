"""What identity listens to."""

from typing import Any

from common.consumer import Subscription

from .members import consumers as members
from .members.covers import consumers as covers
from .onfile import consumers as onfile
from .privacy import consumers as privacy
from .tenants import consumers as tenants
from .units.names import consumers as names

SUBSCRIPTIONS: tuple[Subscription[Any], ...] = (
    *members.SUBSCRIPTIONS,
    *covers.SUBSCRIPTIONS,
    *onfile.SUBSCRIPTIONS,
    *privacy.SUBSCRIPTIONS,
    *tenants.SUBSCRIPTIONS,
    *names.SUBSCRIPTIONS,
)
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
