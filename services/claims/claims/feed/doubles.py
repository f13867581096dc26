"""Lines whose receipt or stay another claim has, in the database or among the lines decided together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from common.crypto import TenantKeys

from ..intake.evidence.repository import Sharing, is_same, overlap
from ..intake.models import Stay
from ..intake.repository import ClaimRepository
from .matching import Case

RECEIPT = "receipt"
Loss = tuple[str, Sharing]
"""A receipt, and whose claims of which kind do not get it."""


@dataclass(frozen=True, slots=True)
class Double:
    """A case that is one too many; `of` is the claim among those decided together that has its receipt or stay."""

    case: Case
    of: UUID | None


async def set_apart(
    repository: ClaimRepository, cases: Sequence[Case], keys: TenantKeys
) -> tuple[list[Case], list[Double]]:
    """Take the receipts of the cases that stand alone; return those, and the others.

    A case that loses its receipt to another claim makes no other case a double: all are set apart again without it.
    """
    stays = await repository.stays_of({case.claim.person_id for case in cases}, "hospital")
    marks = {case.line.id: _marks(case, keys) for case in cases}
    sharing = {case.claim.id: Sharing.of(case.claim, case.kind.shares_stays_with) for case in cases}
    held: set[Loss] = set()
    while True:
        free, doubles = apart(cases, stays=stays, marks=marks, held=held, sharing=sharing)
        wanted = {
            (case.claim.id, RECEIPT, mark): sharing[case.claim.id]
            for case in free
            for mark in marks[case.line.id]
        }
        if not wanted:
            return free, doubles
        try:
            async with repository.session.begin_nested():
                holders = await repository.use_evidence(list(wanted), sharing=sharing)
                if lost := {(use[2], mine) for use, mine in wanted.items() if holders[use] != use[0]}:
                    raise _HeldElsewhere(lost)
            return free, doubles
        except _HeldElsewhere as elsewhere:
            # What was taken belongs to whoever stands alone in the next round.
            held |= elsewhere.lost


class _HeldElsewhere(Exception):
    """Receipts that other claims hold; what was taken beside them is let go."""

    def __init__(self, lost: set[Loss]) -> None:
        super().__init__()
        self.lost = lost


def apart(
    cases: Sequence[Case],
    *,
    stays: Sequence[tuple[Stay, str]],
    marks: Mapping[UUID, Sequence[str]],
    held: Collection[Loss],
    sharing: Mapping[UUID, Sharing],
) -> tuple[list[Case], list[Double]]:
    """Return the cases that stand alone, in their order, and the doubles. Pure.

    `stays` are those of claims in the database with the claims' kinds, `marks` the receipts of each line, `held` those
    that other claims keep from some, `sharing` what each claim may have in common with others.
    """
    taken = list(stays)
    used: dict[str, list[UUID]] = {}
    free: list[Case] = []
    doubles: list[Double] = []
    for case in cases:
        days = case.stay if case.claim.event == "hospital" else None
        mine, receipts = sharing[case.claim.id], marks[case.line.id]
        if any((mark, mine) in held for mark in receipts):
            doubles.append(Double(case, None))
            continue
        other = _receipt_taken(case.claim.id, receipts, used, sharing) or _stay_taken(days, taken, mine)
        if other is not None:
            doubles.append(Double(case, other))
            continue
        for mark in receipts:
            used.setdefault(mark, []).append(case.claim.id)
        if days:
            taken.append((stay_of(case, days), case.claim.kind))
        free.append(case)
    return free, doubles


def _receipt_taken(
    claim_id: UUID,
    receipts: Sequence[str],
    used: Mapping[str, Sequence[UUID]],
    sharing: Mapping[UUID, Sharing],
) -> UUID | None:
    """Return the claim that keeps a receipt from this one, or None; a kind that shares it may have it too."""
    for mark in receipts:
        for other in used.get(mark, ()):
            theirs = sharing[other]
            if other != claim_id and not sharing[claim_id].allows(theirs.person_id, theirs.kind):
                return other
    return None


def _stay_taken(
    days: tuple[date, date] | None, taken: Sequence[tuple[Stay, str]], sharing: Sharing
) -> UUID | None:
    """Return the claim that has the days of a case, or None; the very same stay may be of a kind that shares it."""
    if days is None:
        return None
    for stay, kind in taken:
        if stay.person_id != sharing.person_id or not overlap(*days, stay):
            continue
        if not (sharing.allows(stay.person_id, kind) and is_same(*days, stay)):
            return stay.claim_id
    return None


def stay_of(case: Case, days: tuple[date, date]) -> Stay:
    """Return the row of a case's stay."""
    return Stay(
        claim_id=case.claim.id,
        person_id=case.claim.person_id,
        event=case.claim.event,
        admitted_on=days[0],
        discharged_on=days[1],
    )


def _marks(case: Case, keys: TenantKeys) -> Sequence[str]:
    number = case.values.get("receipt_number")
    return keys.blinds(RECEIPT, number) if number else []
