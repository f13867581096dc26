"""Pure rules of online payments: yuan and fen, lifetimes, when to ask again."""

from datetime import datetime, timedelta
from decimal import Decimal

LIFETIME = timedelta(minutes=30)
"""How long a payment stays open; the provider closes it then."""
ASK_AFTER = timedelta(minutes=1)
WATCHED = timedelta(days=1)
"""How long after its time a payment that was closed here is asked about until the provider's word is final."""
"""A payment whose notice has not come by then is asked about."""
MOST = timedelta(hours=6)
MOST_TRIES = 20
"""A refund that the provider has not taken by then, after about two and a half days, is refused: a person looks."""


def to_fen(amount: Decimal) -> int:
    """Return yuan as the provider counts them; ValueError for parts of a fen."""
    fen = amount * 100
    if fen != fen.to_integral_value():
        raise ValueError("an amount has at most two decimals")
    return int(fen)


def to_yuan(fen: int) -> Decimal:
    """Return fen in yuan."""
    return (Decimal(fen) / 100).quantize(Decimal("0.01"))


def expires(at: datetime) -> datetime:
    """Return when a payment begun now is closed, in whole seconds."""
    return (at + LIFETIME).replace(microsecond=0)


def next_attempt(at: datetime, attempts: int) -> datetime:
    """Return when a refund that the provider did not take is tried again."""
    wait: timedelta = timedelta(seconds=10 * 2 ** min(attempts, 20))
    return at + min(MOST, wait)
