"""SQL of claims: what a caller may see, numbers, documents, the timeline."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, and_, text

from common.auth import Actor
from common.clock import now
from common.db import unscoped
from common.db.scope import seen_by
from common.http import Cursor
from common.ids import new_id

from ..copies.models import DocumentCopy
from .evidence.repository import EvidenceRepository
from .models import Claim, ClaimDocument, ClaimStep, Wanted

HOLD_ID = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
HOLD_NAMES = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(CAST(:names AS text[])) AS name"
)
LIVE = ("to_upload", "in_review", "returned", "approved", "paid", "payment_failed")
"""States of claims that wait for papers, are under way or were granted."""
NUMBERS = text("SELECT next_numbers('claim', :count)")


class ClaimRepository(EvidenceRepository):
    """Claims of one tenant."""

    def visible(self, actor: Actor) -> Select[Claim]:
        """SELECT the claims that a caller may see: a member's own, a handler's unit's, staff by their branch."""
        scope = seen_by(
            actor, unit=Claim.unit_id, path=Claim.org_path, person=Claim.person_id, account=Claim.account_id
        )
        return self.select(Claim).where(scope)

    async def find_visible(self, actor: Actor, claim_id: UUID, *, lock: bool = False) -> Claim | None:
        """Return a claim that the caller may see, or None."""
        statement = self.visible(actor).where(Claim.id == claim_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def page(self, actor: Actor, cursor: Cursor, wanted: Wanted) -> Sequence[Claim]:
        """Return visible claims, the newest first; one more than the page has."""
        statement = self.visible(actor)
        for column, value in (
            (Claim.status, wanted.status),
            (Claim.kind, wanted.kind),
            (Claim.product_code, wanted.product_code),
            (Claim.number, wanted.number),
            (Claim.person_id, wanted.person_id),
        ):
            if value is not None:
                statement = statement.where(column == value)
        if wanted.year is not None:
            first, last = date(wanted.year, 1, 1), date(wanted.year, 12, 31)
            statement = statement.where(Claim.event_on.between(first, last))
        return await self.all(cursor.apply(statement, Claim))

    async def page_of_counter(self, actor: Actor, cursor: Cursor) -> Sequence[Claim]:
        """Return what the counter took in and nobody has handed in, as far as visible; one more than the page."""
        statement = self.visible(actor).where(
            Claim.opened_by == "counter", Claim.status.in_(["draft", "returned"])
        )
        return await self.all(cursor.apply(statement, Claim))

    async def hold(self, ids: Iterable[UUID]) -> dict[UUID, Claim]:
        """Lock claims, in the order of their ids, and return them by id."""
        statement = self.select(Claim).where(Claim.id.in_(list(ids))).order_by(Claim.id).with_for_update()
        rows = await self.all(statement.execution_options(populate_existing=True))
        return {row.id: row for row in rows}

    async def by_ids(self, ids: Iterable[UUID]) -> dict[UUID, Claim]:
        """Return claims by id, without any lock."""
        wanted = list(ids)
        if not wanted:
            return {}
        rows = await self.all(self.select(Claim).where(Claim.id.in_(wanted)))
        return {row.id: row for row in rows}

    async def numbers(self, count: int) -> list[int]:
        """Return so many serial numbers of the union that nobody else gets; a gap where they are not used."""
        statement = unscoped(NUMBERS, why="the sequence is the one of the transaction's tenant")
        return list((await self.session.execute(statement, {"count": count})).scalars())

    async def documents(self, claim_id: UUID) -> Sequence[ClaimDocument]:
        """Return a claim's documents in the order they were handed in."""
        mine = self.select(ClaimDocument).where(ClaimDocument.claim_id == claim_id)
        return await self.all(mine.order_by(ClaimDocument.id))

    async def documents_read(
        self, claim_ids: Sequence[UUID]
    ) -> list[tuple[ClaimDocument, DocumentCopy | None]]:
        """Return claims' documents in the order they were handed in, each with what is known of it."""
        copy = and_(
            DocumentCopy.tenant_id == ClaimDocument.tenant_id, DocumentCopy.id == ClaimDocument.document_id
        )
        statement = self.select_columns(ClaimDocument, ClaimDocument, DocumentCopy).outerjoin(
            DocumentCopy, copy
        )
        mine = statement.where(ClaimDocument.claim_id.in_(claim_ids)).order_by(ClaimDocument.id)
        return [(file, known) for file, known in await self.session.execute(mine)]

    async def papers_of_appeals(self, appeal_ids: Sequence[UUID]) -> dict[UUID, list[ClaimDocument]]:
        """Return the documents that appeals brought, by appeal."""
        found: dict[UUID, list[ClaimDocument]] = {}
        if appeal_ids:
            mine = self.select(ClaimDocument).where(ClaimDocument.appeal_id.in_(appeal_ids))
            for row in await self.all(mine.order_by(ClaimDocument.id)):
                if row.appeal_id is not None:
                    found.setdefault(row.appeal_id, []).append(row)
        return found

    async def open_claims_with(self, document_id: UUID) -> Sequence[Claim]:
        """Lock and return the claims, still open to their applicant, that a document belongs to."""
        ids = self.select_columns(ClaimDocument, ClaimDocument.claim_id)
        statement = self.select(Claim).where(
            Claim.id.in_(ids.where(ClaimDocument.document_id == document_id)),
            Claim.status.in_(["draft", "to_upload", "returned"]),
        )
        return await self.all(statement.order_by(Claim.id).with_for_update())

    async def remove_document(self, claim_id: UUID, document_id: UUID) -> bool:
        """Take a document off a claim; say whether it was there."""
        statement = self.delete(ClaimDocument).where(
            ClaimDocument.claim_id == claim_id, ClaimDocument.document_id == document_id
        )
        return bool((await self.session.execute(statement.returning(ClaimDocument.id))).all())

    async def remove_stay(self, claim_id: UUID, stay: int) -> None:
        """Take the documents of a stay off a claim."""
        mine = (ClaimDocument.claim_id == claim_id, ClaimDocument.stay == stay)
        await self.session.execute(self.delete(ClaimDocument).where(*mine))

    async def hold_id(self, claim_id: UUID) -> None:
        """Let no other transaction create a claim of this id until this one ends."""
        statement = unscoped(HOLD_ID, why="advisory locks read no row; their names hold the tenant")
        await self.session.execute(statement, {"name": f"claims.id:{self.tenant_id}:{claim_id}"})

    async def hold_opening(self, person_id: UUID) -> None:
        """Let nobody else open a claim for a person until this transaction ends."""
        await self.hold_openings([person_id])

    async def hold_openings(self, person_ids: Iterable[UUID]) -> None:
        """Let nobody else open a claim for these persons until this transaction ends; always in the same order."""
        names = [f"claims.open:{self.tenant_id}:{person_id}" for person_id in sorted(person_ids)]
        statement = unscoped(HOLD_NAMES, why="advisory locks read no row; their names hold the tenant")
        await self.session.execute(statement, {"names": names})

    async def steps(self, claim_id: UUID) -> Sequence[ClaimStep]:
        """Return the timeline, the oldest first."""
        return await self.all(
            self.select(ClaimStep).where(ClaimStep.claim_id == claim_id).order_by(ClaimStep.id)
        )

    async def steps_of(self, claim_ids: Collection[UUID]) -> dict[UUID, list[ClaimStep]]:
        """Return the timelines of claims, by claim, the oldest step first."""
        found: dict[UUID, list[ClaimStep]] = {}
        mine = self.select(ClaimStep).where(ClaimStep.claim_id.in_(list(claim_ids)))
        for step in await self.all(mine.order_by(ClaimStep.id)):
            found.setdefault(step.claim_id, []).append(step)
        return found

    async def decided_by(self, handler_id: UUID, claim_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
        """Return the nodes at which somebody decided claims, by claim."""
        columns = (ClaimStep.claim_id, ClaimStep.node)
        statement = self.select_columns(ClaimStep, *columns).where(
            ClaimStep.claim_id.in_(claim_ids),
            ClaimStep.handler_id == handler_id,
            ClaimStep.action.in_(["agreed", "returned", "rejected"]),
        )
        found: dict[UUID, set[str]] = {}
        for row in await self.session.execute(statement):
            found.setdefault(row.claim_id, set()).add(row.node)
        return found

    async def others_of_kind(self, person_id: UUID, kind: str, claim_id: UUID) -> Sequence[Claim]:
        """Return a person's other live claims of a kind that were handed in."""
        found = await self.live_of_kind(person_id, kind)
        return [claim for claim in found if claim.id != claim_id and claim.status != "to_upload"]

    async def live_of_kind(self, person_id: UUID, kind: str) -> Sequence[Claim]:
        """Return a person's claims of a kind, the oldest first, that wait for papers, are under way or were granted."""
        mine = (Claim.person_id == person_id, Claim.kind == kind, Claim.status.in_(LIVE))
        return await self.all(self.select(Claim).where(*mine).order_by(Claim.id))

    async def waiting_of(self, person_id: UUID) -> Sequence[Claim]:
        """Lock and return a person's claims under review, the oldest first, but none that somebody else has locked."""
        mine = (Claim.person_id == person_id, Claim.status == "in_review")
        statement = self.select(Claim).where(*mine).order_by(Claim.submitted_at, Claim.number)
        return await self.all(statement.with_for_update(skip_locked=True))

    async def live_of_persons(self, person_ids: Iterable[UUID], kinds: Iterable[str]) -> Sequence[Claim]:
        """Lock and return such claims of many persons, the oldest first."""
        mine = (Claim.person_id.in_(list(person_ids)), Claim.kind.in_(list(kinds)), Claim.status.in_(LIVE))
        statement = self.select(Claim).where(*mine).order_by(Claim.id).with_for_update()
        return await self.all(statement.execution_options(populate_existing=True))

    def add_step(
        self,
        claim: Claim,
        *,
        node: str,
        action: str,
        handler_id: UUID | None = None,
        handler: str = "",
        human: UUID | None = None,
        opinion: str = "",
    ) -> ClaimStep:
        """Write an entry of the timeline."""
        step = ClaimStep(
            id=new_id(),
            claim_id=claim.id,
            round=claim.round,
            node=node,
            action=action,
            handler_id=handler_id,
            handler=handler,
            human=human,
            opinion=opinion,
            created_at=now(),
        )
        return self.add(step)

    async def filed_documents(self, person_id: UUID) -> Sequence[UUID]:
        """Return every document that was filed with a person's claims alone, by whoever filed it."""
        filed = self.select_columns(ClaimDocument, ClaimDocument.document_id)
        theirs = self.select_columns(Claim, Claim.id).where(Claim.person_id == person_id)
        of_others = self.select_columns(Claim, Claim.id).where(Claim.person_id != person_id)
        documents = filed.where(ClaimDocument.claim_id.in_(theirs))
        shared = filed.where(ClaimDocument.document_id.in_(documents), ClaimDocument.claim_id.in_(of_others))
        found = await self.session.execute(documents.where(ClaimDocument.document_id.not_in(shared)))
        return list(found.scalars())

    async def blank_opinions(self, person_id: UUID, sealed: str) -> int:
        """Write other words over what people wrote on the timelines of a person's claims, and say on how many steps."""
        theirs = self.select_columns(Claim, Claim.id).where(Claim.person_id == person_id)
        worded = self.update(ClaimStep).where(ClaimStep.claim_id.in_(theirs), ClaimStep.opinion != "")
        blanked = worded.values(opinion=sealed)
        result = await self.session.execute(blanked, execution_options={"synchronize_session": False})
        return int(getattr(result, "rowcount", 0))
