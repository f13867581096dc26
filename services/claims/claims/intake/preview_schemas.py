"""The preview of an application, as clients get it."""

from decimal import Decimal

from pydantic import BaseModel

from .schemas import ClaimRead, ClaimSummary, LineRead, ReasonRead


class ChecklistItem(BaseModel):
    """A document that the application needs as it is filled in now, or that was handed in though it is optional.

    `instead`: the field whose text may replace it; `by_text`: no paper was handed in, that text stands for it.
    """

    code: str
    title: str
    stay: int
    present: bool
    instead: str | None
    by_text: bool = False


class FaultRead(BaseModel):
    """What keeps the application from being handed in, where, and what to do."""

    code: str
    field: str
    message: str
    document_id: str | None = None


class CounterWork(ClaimSummary):
    """An application that the counter took in and nobody has handed in, with everything that keeps it back.

    `taken_by`: who took it in; `mine`: it was the caller.
    """

    taken_by: str
    mine: bool
    faults: list[FaultRead]


class PreviewRead(BaseModel):
    """The application as it would be handed in now: what is still wrong, and what it would come to by the rules.

    `notices`: what does not keep it back and is looked at by a person, such as papers that disagree.

    `estimate` binds nobody: the amount is calculated again when the application is handed in.
    """

    claim: ClaimRead
    ready: bool
    faults: list[FaultRead]
    notices: list[ReasonRead]
    checklist: list[ChecklistItem]
    estimate: Decimal | None
    explanation: list[LineRead]
    not_paid: list[ReasonRead]
    next_nodes: list[str]
