"""Who is paid: as an application names it, and as it is shown."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from common.identifiers import DocumentKind

from .rules.heirs import HeirRelation

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Digits = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class PayeeChoice(BaseModel):
    """Who is paid: the insured person, or a legal heir who is named. The card must be the payee's own.

    What is left out stays as it was; another heir's name begins anew. `relation`: of the heir to the person who has
    died. `card_document_id`: the card that was read on this paper of the application, in place of a typed number.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["insured", "legal_heir"] = "insured"
    name: Name | None = None
    relation: HeirRelation | None = None
    document_kind: DocumentKind | None = None
    document_number: Digits | None = None
    mobile: Digits | None = None
    card_number: Digits | None = None
    card_document_id: UUID | None = None
    bank_name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] | None = None


class PayeeChosen(BaseModel):
    """Who will be paid, masked; `named_here`: the application names it, otherwise the register does.

    `relation`, `document_number` and `mobile` are an heir's; None where the application does not name them yet.
    """

    kind: str
    name: str | None
    card: str | None
    bank_name: str | None
    named_here: bool
    relation: str | None = None
    relation_title: str | None = None
    document_kind: str | None = None
    document_number: str | None = None
    mobile: str | None = None
