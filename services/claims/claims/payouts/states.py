"""The life of a payout as a table, and who counts as the same person. Pure."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

MOVES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("awaiting_card", "new_card"): "waiting",
        ("waiting", "batch"): "batched",
        ("batched", "cancel"): "waiting",
        ("batched", "release"): "released",
        ("released", "pay"): "paid",
        ("released", "fail"): "failed",
        ("paid", "reverse"): "failed",
        ("failed", "new_card"): "waiting",
        ("failed", "retry"): "waiting",
    }
)
"""(state, command) → state; whatever is not here is refused."""


def same_human(
    first: UUID | None, first_person: UUID | None, second: UUID, second_person: UUID | None
) -> bool:
    """Say whether two accounts are one, or belong to one person of the register."""
    if first == second:
        return True
    return first_person is not None and first_person == second_person
