"""Pure rules of binding: which step comes next, what remains after failures (manual 004; rows E.01, E.02)."""

from typing import Literal

from common.contracts.pack.registration import Binding as BindingRules

State = Literal["face", "other_ways", "bound", "ended"]
OtherWay = Literal["bank_four_factor", "contact"]
MOST_BANK_TRIES = 3
WITH_FOUR_FACTORS = frozenset({"resident_id"})
"""The banks know holders by their resident ID only."""


def first_state(rules: BindingRules, *, document_kind: str, face_kinds: frozenset[str]) -> State:
    """Return where a binding that needs a verification begins: a document the provider cannot verify goes on
    to the other ways at once.
    """
    return "face" if rules.face_verification and document_kind in face_kinds else "other_ways"


def after_failed_face(rules: BindingRules, *, failures: int) -> State:
    """Return where it stands after so many failed faces: again, or to the other ways once the tries are used."""
    return "face" if failures < rules.attempts else "other_ways"


def other_ways(rules: BindingRules, *, document_kind: str, bank_failures: int) -> tuple[OtherWay, ...]:
    """Return what is offered instead of the face: the bank's check for holders of ID cards, and always the union."""
    offered = (
        rules.fallback == "bank_four_factor"
        and document_kind in WITH_FOUR_FACTORS
        and bank_failures < MOST_BANK_TRIES
    )
    return ("bank_four_factor", "contact") if offered else ("contact",)


def face_tries_left(rules: BindingRules, *, failures: int) -> int:
    """Return how many faces may still be tried."""
    return max(rules.attempts - failures, 0)
