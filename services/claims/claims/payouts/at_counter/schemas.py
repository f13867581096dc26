"""Requests and answers of the counter about payouts."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]


class PayoutSearch(BaseModel):
    """Whose payouts are looked for: the number of the ID card that was shown."""

    model_config = ConfigDict(extra="forbid")

    document_number: Number


class StuckPayout(BaseModel):
    """A payout that cannot reach its payee; name and card masked, amount in yuan."""

    id: UUID
    number: str
    claim_number: str
    kind_title: str
    amount: Decimal
    status: str
    """awaiting_card | failed"""
    failure: str | None
    name: str
    heir: bool
    """A legal heir is paid: the name is the heir's, the ID number the insured person's."""
    card: str | None
    bank_name: str | None
    evidence: str | None
    """What the union asks for as proof of a card, where its form has such a paper."""
    proposed: bool
    """Another card was proposed and waits for a decision."""


class CardChangeCreate(BaseModel):
    """The card that a member shows: whose it is, of which bank, and the picture of it."""

    model_config = ConfigDict(extra="forbid")

    payout_id: UUID
    document_number: Number
    """Of the ID card that was shown: the insured person's."""
    holder: Words
    """The name on the card or bank book: the payee's, nobody else's."""
    card_number: Number
    bank_name: Words
    document: Annotated[str, StringConstraints(max_length=2000)] | None = None
    """Receipt of the picture of card or bank book."""


class CardChangeRead(BaseModel):
    """The proposal that another person decides."""

    proposal_id: UUID
    payout_number: str
    card: str


class EvidenceLink(BaseModel):
    """Where the picture of a proposed card can be looked at for some minutes."""

    document_id: UUID
    link: str
