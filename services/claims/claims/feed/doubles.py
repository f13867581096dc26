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
    marks = {case.claim.id: _marks(case, keys) for case in cases}
    sharing = {case.claim.id: Sharing.of(case.claim, case.kind.shares_stays_with) for case in cases}
    held: set[str] = set()
    while True:
        free, doubles = apart(cases, stays=stays, marks=marks, held=held, sharing=sharing)
        wanted = [(case.claim.id, RECEIPT, mark) for case in free for mark in marks[case.claim.id]]
        holders = await repository.use_evidence(wanted, sharing=sharing)
        lost = {mark for claim_id, _, mark in wanted if holders[RECEIPT, mark] != claim_id}
        if not lost:
            return free, doubles
        held |= lost
        for case in free:
            # What it took belongs to whoever stands alone in the next round.
            await repository.release(case.claim.id)


def apart(
    cases: Sequence[Case],
    *,
    stays: Sequence[tuple[Stay, str]],
    marks: Mapping[UUID, list[str]],
    held: Collection[str],
    sharing: Mapping[UUID, Sharing],
) -> tuple[list[Case], list[Double]]:
    """Return the cases that stand alone, in their order, and the doubles. Pure.

    `stays` are those of claims in the database with the claims' kinds, `held` the receipts of other claims.
    """
    taken = list(stays)
    used: dict[str, UUID] = {}
    free: list[Case] = []
    doubles: list[Double] = []
    for case in cases:
        days = case.stay if case.claim.event == "hospital" else None
        mine = marks[case.claim.id]
        if any(mark in held for mark in mine):
            doubles.append(Double(case, None))
            continue
        other = next((used[mark] for mark in mine if mark in used), None)
        other = other or _stay_taken(days, taken, sharing[case.claim.id])
        if other is not None:
            doubles.append(Double(case, other))
            continue
        used |= dict.fromkeys(mine, case.claim.id)
        if days:
            taken.append((stay_of(case, days), case.claim.kind))
        free.append(case)
    return free, doubles


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


def _marks(case: Case, keys: TenantKeys) -> list[str]:
    number = case.values.get("receipt_number")
    return keys.blinds(RECEIPT, number) if number else []
