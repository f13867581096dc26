"""SQL of what live claims use up: receipts and pictures, in the whole tenant; stays, of a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, tuple_
from sqlalchemy.dialects.postgresql import distinct_on, insert

from common.clock import now
from common.db import TenantRepository
from common.ids import new_id

from ..models import Claim, Evidence, Picture, Stay
from ..rules.checks import share_days

Mark = tuple[str, str]
"""A kind of evidence (receipt, picture) and what makes it one of a kind."""
Use = tuple[UUID, str, str]
"""A claim, and the kind and mark of the evidence that it uses up."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """Which other claims a claim may have evidence in common with: those of its person of the kinds `kinds`."""

    person_id: UUID
    kind: str
    kinds: frozenset[str]

    def allows(self, person_id: UUID | None, kind: str | None) -> bool:
        """Say whether a claim of this person and kind may rest on the same stay."""
        return person_id == self.person_id and kind in self.kinds

    @classmethod
    def of(cls, claim: Claim, kinds: Iterable[str]) -> "Sharing":
        """Return what a claim may have in common with claims of these kinds."""
        return cls(claim.person_id, claim.kind, frozenset(kinds))


class EvidenceRepository(TenantRepository):
    """Takes and frees evidence. Two claims of one person take it under that person's lock."""

    async def use_evidence(
        self, uses: Sequence[Use], *, sharing: Mapping[UUID, Sharing] | None = None
    ) -> dict[Use, UUID]:
        """Use up evidence for claims; return which claim each use belongs to now: the one that asks, or another.

        A concurrent claim with the same mark is waited for: it commits and has it, or rolls back and has not. What the
        person's claim of a kind that shares has is used beside it, and then belongs to the claim that asks. Several
        claims may ask for one mark; the first has it first.
        """
        holders: dict[Use, UUID] = {}
        left = list(dict.fromkeys(uses))
        while left:
            first: dict[Mark, UUID] = {}
            for claim_id, *mark in left:
                first.setdefault((mark[0], mark[1]), claim_id)
            found = await self._use(first, sharing or {})
            holders |= {(claim_id, *mark): found[mark] for mark, claim_id in first.items()}
            left = [use for use in left if use not in holders]
        return holders

    async def _use(self, wanted: Mapping[Mark, UUID], sharing: Mapping[UUID, Sharing]) -> dict[Mark, UUID]:
        """Use up marks, each for one claim; return who holds them."""
        holders: dict[Mark, UUID] = {}
        left = dict(wanted)
        while left:
            taken = await self._take([(claim_id, *mark, "") for mark, claim_id in sorted(left.items())])
            holders |= {mark: left[mark] for mark in taken}
            left = {mark: claim_id for mark, claim_id in left.items() if mark not in taken}
            if left:
                holders |= await self._beside(left, sharing)
                # Who held it a moment ago may have let go of it meanwhile; then it is free for whoever asks again.
                left = {mark: claim_id for mark, claim_id in left.items() if mark not in holders}
        return holders

    async def _take(self, rows: Sequence[tuple[UUID, str, str, str]]) -> set[Mark]:
        """Insert (claim, kind, mark, share) where nobody has it; return what was taken."""
        at = now()
        values: list[dict[str, Any]] = [
            {
                "tenant_id": self.tenant_id, "id": new_id(), "created_at": at, "claim_id": claim_id,
                "kind": kind, "mark": mark, "share": share,
            }
            for claim_id, kind, mark, share in rows
        ]  # fmt: skip
        statement = insert(Evidence).values(values).on_conflict_do_nothing()
        taken = await self.session.execute(statement.returning(Evidence.kind, Evidence.mark))
        return {(row.kind, row.mark) for row in taken}

    async def _beside(self, wanted: Mapping[Mark, UUID], sharing: Mapping[UUID, Sharing]) -> dict[Mark, UUID]:
        """Return who holds marks: the claim that asks, where every claim that has one shares it with that claim."""
        columns = (Evidence.kind, Evidence.mark, Evidence.claim_id, Claim.person_id, Claim.kind.label("of"))
        same = and_(Claim.tenant_id == Evidence.tenant_id, Claim.id == Evidence.claim_id)
        statement = self.select_columns(Evidence, *columns).outerjoin(Claim, same)
        statement = statement.where(tuple_(Evidence.kind, Evidence.mark).in_(list(wanted)))
        # Nobody lets go of a row while another use is put beside it.
        held = await self.session.execute(
            statement.order_by(Evidence.id).with_for_update(read=True, key_share=True, of=Evidence)
        )
        holders: dict[Mark, UUID] = {}
        alone: set[Mark] = set()
        for row in held:
            mark = (row.kind, row.mark)
            mine, theirs = sharing.get(wanted[mark]), sharing.get(row.claim_id)
            # A claim that is about to be stored is known by what it shares.
            person_id, of = (theirs.person_id, theirs.kind) if theirs else (row.person_id, row.of)
            if row.claim_id == wanted[mark] or not (mine and mine.allows(person_id, of)):
                alone.add(mark)
                holders[mark] = row.claim_id
            else:
                holders.setdefault(mark, wanted[mark])
        shared = [
            (wanted[mark], *mark, sharing[wanted[mark]].kind) for mark in sorted(holders.keys() - alone)
        ]
        if shared:
            taken = await self._take(shared)
            # Another claim of the same kind was quicker: who has what is asked anew.
            holders = {mark: by for mark, by in holders.items() if mark in alone or mark in taken}
        return holders

    async def release(self, claim_id: UUID) -> None:
        """Set free the receipts, pictures and stays that a claim used; who used them beside it has them alone."""
        statement = self.delete(Evidence).where(Evidence.claim_id == claim_id)
        gone = await self.session.execute(statement.returning(Evidence.kind, Evidence.mark, Evidence.share))
        first = [(row.kind, row.mark) for row in gone if not row.share]
        if first:
            await self._promote(first)
        await self.session.execute(self.delete(Stay).where(Stay.claim_id == claim_id))
        await self.session.execute(self.delete(Picture).where(Picture.claim_id == claim_id))

    async def _promote(self, marks: Sequence[Mark]) -> None:
        """Let the oldest of the uses that are left keep everybody else away."""
        left = self.select_columns(Evidence, Evidence.id).ext(distinct_on(Evidence.kind, Evidence.mark))
        left = left.where(tuple_(Evidence.kind, Evidence.mark).in_(list(marks)))
        oldest = left.order_by(Evidence.kind, Evidence.mark, Evidence.id)
        statement = self.update(Evidence).where(Evidence.id.in_(oldest)).values(share="")
        await self.session.execute(statement, execution_options={"synchronize_session": False})

    async def overlapping(self, claim: Claim) -> list[tuple[Stay, str, str | None]]:
        """Return the stays of a person's other live claims of the same kind of event, with their kinds and numbers."""
        same = and_(Claim.tenant_id == Stay.tenant_id, Claim.id == Stay.claim_id)
        statement = self.select_columns(Stay, Stay, Claim.kind, Claim.number).join(Claim, same)
        mine = (Stay.person_id == claim.person_id, Stay.claim_id != claim.id, Stay.event == claim.event)
        return [(stay, kind, no) for stay, kind, no in await self.session.execute(statement.where(*mine))]

    async def stays_of(self, person_ids: Iterable[UUID], event: str) -> list[tuple[Stay, str]]:
        """Return the stays of many persons' live claims of one kind of event, each with its claim's kind."""
        same = and_(Claim.tenant_id == Stay.tenant_id, Claim.id == Stay.claim_id)
        statement = self.select_columns(Stay, Stay, Claim.kind).join(Claim, same)
        wanted = (Stay.person_id.in_(list(person_ids)), Stay.event == event)
        return [(stay, kind) for stay, kind in await self.session.execute(statement.where(*wanted))]


def overlap(admitted_on: date, discharged_on: date, other: Stay) -> bool:
    """Say whether two stays share time; leaving and entering on one day is a transfer, not an overlap."""
    return share_days((admitted_on, discharged_on), (other.admitted_on, other.discharged_on))


def is_same(admitted_on: date, discharged_on: date, other: Stay) -> bool:
    """Say whether two stays are one: the same day of admission and of discharge."""
    return (admitted_on, discharged_on) == (other.admitted_on, other.discharged_on)
