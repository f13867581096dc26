"""Everything activities listens to: the tenants, facts that decide who may join, and what is counted."""

from .copies.consumers import SUBSCRIPTIONS as COPIES
from .erasure import SUBSCRIPTION as ERASURE
from .export import SUBSCRIPTION as EXPORT
from .installing.consumers import SUBSCRIPTION as TENANTS
from .statistics.consumers import SUBSCRIPTIONS as STATISTICS

SUBSCRIPTIONS = (TENANTS, ERASURE, EXPORT, *COPIES, *STATISTICS)
SUBSCRIBED = frozenset(subscription.event.wire for subscription in SUBSCRIPTIONS)
