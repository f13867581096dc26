"""How many connections to the database may be open: the pools of processes, and what is open beside them."""

from collections.abc import Mapping

from common.db.engine import make_engine
from common.settings import CommonSettings

OF_ITS_OWN = {"api": 0, "worker": 2, "recognition": 0}
"""Connections beside the pools: a worker listens for events and holds, or waits for, the lock of the schedule."""
MIGRATION = 3
"""A migration's lock, its engine, and the probe for the database."""
OPERATORS = 28
"""An operator's command, which opens one service after another with pools of the default size."""
RESERVED = 20
"""Superusers' three, the instance manager, its metrics, a backup, a restore's probe, and a person with psql."""


def pools_of(service: str, shown: Mapping[str, str]) -> int:
    """Connections that the pools of a process of a service open at most."""
    sizes = [
        int(shown.get(f"{service}_{name}".upper(), CommonSettings.model_fields[name].default))
        for name in ("database_pool_size", "relay_pool_size")
    ]
    return sum(map(most_of, sizes))


def most_of(size: int) -> int:
    """Connections that an engine of this size opens at most."""
    pool = make_engine("postgresql+asyncpg://x@localhost/x", pool_size=size).pool
    return int(pool.size() + pool._max_overflow)  # type: ignore[attr-defined]
