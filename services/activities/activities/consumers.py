"""Everything activities listens to: the tenants, facts that decide who may join, and what is counted."""

from .copies.consumers import SUBSCRIPTIONS as COPIES
from .erasure import SUBSCRIPTION as ERASURE
from .installing.consumers import SUBSCRIPTION as TENANTS
from .statistics.consumers import SUBSCRIPTIONS as STATISTICS

SUBSCRIPTIONS = (TENANTS, ERASURE, *COPIES, *STATISTICS)
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
