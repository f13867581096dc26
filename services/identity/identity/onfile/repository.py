"""SQL of what is on file; always within one person's own rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from common.clock import now

from ..repository import IdentityRepository
from .models import Address, BankCard, FiledDocument, FrequentApplicant, Preference, RecognitionCopy

Owned = TypeVar("Owned", FiledDocument, FrequentApplicant, BankCard, Address)


class OnFileRepository(IdentityRepository):
    """What the members of one tenant keep on file."""

    async def own(self, model: type[Owned], person_id: UUID) -> Sequence[Owned]:
        """Return a person's rows, newest first."""
        statement = self.select(model).where(model.person_id == person_id)
        return await self.all(statement.order_by(model.id.desc()))

    async def one(self, model: type[Owned], row_id: UUID, person_id: UUID) -> Owned | None:
        """Lock and return one of a person's rows."""
        statement = self.select(model).where(model.id == row_id, model.person_id == person_id)
        return await self.first(statement.with_for_update().execution_options(populate_existing=True))

    async def count(self, model: type[Owned], person_id: UUID) -> int:
        """Count a person's rows."""
        statement = self.select_columns(model, func.count()).where(model.person_id == person_id)
        return int((await self.session.execute(statement)).scalar_one())

    async def default(self, model: type[BankCard] | type[Address], person_id: UUID) -> Any:
        """Lock and return the row that is offered first."""
        statement = self.select(model).where(model.person_id == person_id, model.is_default.is_(True))
        return await self.first(statement.with_for_update().execution_options(populate_existing=True))

    async def same_card(self, person_id: UUID, indexes: Sequence[str]) -> BankCard | None:
        """Return a person's card of this number."""
        return await self.first(
            self.select(BankCard).where(BankCard.person_id == person_id, BankCard.card_index.in_(indexes))
        )

    async def same_applicant(self, person_id: UUID, indexes: Sequence[str]) -> FrequentApplicant | None:
        """Return a person's frequent applicant of this document."""
        return await self.first(
            self.select(FrequentApplicant).where(
                FrequentApplicant.person_id == person_id, FrequentApplicant.document_index.in_(indexes)
            )
        )

    async def filed(self, document_id: UUID) -> FiledDocument | None:
        """Lock and return the row of a document of ocr's."""
        statement = self.select(FiledDocument).where(FiledDocument.document_id == document_id)
        return await self.first(statement.with_for_update().execution_options(populate_existing=True))

    async def filed_as(
        self, person_id: UUID, kind: str, applicant_id: UUID | None
    ) -> Sequence[FiledDocument]:
        """Return the documents of a kind that a person has on file for themselves or for an applicant."""
        statement = self.select(FiledDocument).where(
            FiledDocument.person_id == person_id,
            FiledDocument.kind == kind,
            FiledDocument.applicant_id.is_not_distinct_from(applicant_id),
        )
        return await self.all(statement)

    async def recognition(self, document_id: UUID) -> RecognitionCopy | None:
        """Return what ocr has said of a document."""
        return await self.find(RecognitionCopy, document_id)

    async def keep_recognition(self, row: dict[str, Any]) -> None:
        """Remember what ocr said of a card; the first report counts."""
        statement = insert(RecognitionCopy).values({**row, "tenant_id": self.tenant_id, "created_at": now()})
        await self.session.execute(statement.on_conflict_do_nothing())

    async def forget_recognitions(self, *, before: datetime) -> None:
        """Forget readings of cards that nobody put on file."""
        await self.session.execute(self.delete(RecognitionCopy).where(RecognitionCopy.created_at < before))

    async def preference(self, person_id: UUID) -> Preference | None:
        """Lock and return a person's switches."""
        return await self.find(Preference, person_id, lock=True)
