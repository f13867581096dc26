"""How often one union may ask one process: beyond it only its own requests are turned away, by the token's union."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from prometheus_client import Counter

from ..errors import DomainError
from ..text import Text

BURST_SECONDS = 10
"""A union that was quiet may ask for so many seconds' worth at once: a campaign opens, a shift begins."""
LIMITED = Counter(
    "huzhu_union_limited_total", "Requests turned away because their union asked too often", ["service"]
)


class UnionAsksTooOften(DomainError):
    """The union's requests come faster than one union may ask."""

    status = 429
    code = "rate.union"
    text = Text(
        "本工会的访问过于频繁，请 {seconds} 秒后再试，您的内容没有丢失。",
        "Your union's requests come too fast. Try again in {seconds} s; nothing is lost.",
    )

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds=seconds)
        vars(self)["headers"] = {"Retry-After": str(seconds)}


@dataclass
class Allowance:
    """What a union has left, and when that was so."""

    left: float
    at: float


class UnionRates:
    """A bucket for each union, filled at `per_second`; 0: no limit.

    Who has not signed in is not counted: strangers who name a union can take nothing from its people, their sign-in
    included. Gateways bound them by address.
    """

    def __init__(self, service: str, *, per_second: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._service = service
        self._per_second = per_second
        self._most = float(per_second * BURST_SECONDS)
        self._clock = clock
        self._allowed: dict[UUID, Allowance] = {}

    def take(self, tenant_id: UUID) -> None:
        """Count one request; UnionAsksTooOften when it is one too many."""
        if not self._per_second:
            return
        now = self._clock()
        allowance = self._allowed.setdefault(tenant_id, Allowance(self._most, now))
        earned = (now - allowance.at) * self._per_second
        allowance.left, allowance.at = min(self._most, allowance.left + earned), now
        if allowance.left < 1:
            LIMITED.labels(self._service).inc()
            raise UnionAsksTooOften(seconds=math.ceil((1 - allowance.left) / self._per_second))
        allowance.left -= 1
