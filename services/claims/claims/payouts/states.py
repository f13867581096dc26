"""The life of a payout as a table. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

MOVES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("awaiting_card", "new_card"): "waiting",
        ("waiting", "batch"): "batched",
        ("batched", "cancel"): "waiting",
        ("batched", "release"): "released",
        ("released", "pay"): "paid",
        ("released", "fail"): "failed",
        ("released", "come_back"): "waiting",
        ("paid", "reverse"): "failed",
        ("failed", "new_card"): "waiting",
        ("failed", "retry"): "waiting",
        ("awaiting_card", "withdraw"): "withdrawn",
        ("waiting", "withdraw"): "withdrawn",
        ("failed", "withdraw"): "withdrawn",
        ("withdrawn", "ask"): "waiting",
        ("withdrawn", "ask_for_card"): "awaiting_card",
        ("awaiting_card", "settle"): "paid",
        ("waiting", "settle"): "paid",
        ("failed", "settle"): "paid",
    }
)
"""(state, command) → state; whatever is not here is refused."""
