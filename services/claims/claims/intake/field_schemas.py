"""Fields of an application as they are shown: the value, where it came from, and what papers say of it."""

from uuid import UUID

from pydantic import BaseModel, Field


class ReadingRead(BaseModel):
    """What one of several papers that disagree says about a field; `used`: the value was taken from it.

    A bank card is masked. `document_id` is empty for the card that is paid to now and stands on no paper.
    """

    document_id: UUID | None
    title: str
    value: str
    used: bool


class FieldRead(BaseModel):
    """A field with its value: `source` recognized, typed, register or set; a correction keeps what was `read`.

    `readings`: where the papers of the stay disagree about the field, what each of them says.
    """

    code: str
    stay: int
    title: str
    type: str
    required: bool
    value: str | None
    shown: str | None
    source: str | None
    confidence: float | None
    verified: bool
    corrected: bool
    read: str | None
    document_id: UUID | None
    readings: list[ReadingRead] = Field(default_factory=list)
