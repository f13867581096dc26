"""Persons of the register (会员) and the history of their facts."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from common.auth import Eyes
from common.clock import today
from common.db import Base, TenantRow, VersionedRow
from common.ids import new_id

from .errors import AlreadyBound, NotConfirmed, NotEditable, OverAgeUndecided


class PersonFacts:
    """The facts of a person that change over time, sealed where they are personal."""

    state: Mapped[str]
    """new | reported | confirmed | returned | left"""
    unit_id: Mapped[UUID | None]
    document_kind: Mapped[str]
    document_sealed: Mapped[str]
    document_index: Mapped[str]
    name_sealed: Mapped[str]
    name_index: Mapped[str | None]
    mobile_sealed: Mapped[str | None]
    mobile_index: Mapped[str | None]
    effective_on: Mapped[date] = mapped_column(default=today)
    pack_version: Mapped[int]


FACTS = (
    "state", "unit_id", "document_kind", "document_sealed", "document_index", "name_sealed", "name_index",
    "mobile_sealed", "mobile_index", "effective_on", "pack_version",
)  # fmt: skip


EDITABLE = frozenset({"new", "returned"})
ERASED = "erased:"
"""With the row's id behind it: the document index of a row that was erased, see common.erasure."""
OF_ONE_ADMISSION = (
    "unit_id", "mobile_sealed", "mobile_index", "account_id", "sex", "born_sealed", "work_number_sealed", "over_age",
    "over_age_opinion", "over_age_decided_by", "entered_by", "entered_human", "batch_id", "report_id", "reported_by",
    "reported_human", "reported_at", "node", "decided_by", "decided_human", "returned_reason",
)  # fmt: skip
KEPT = frozenset({"id", "created_at", "version", "member_number"})
"""What a row keeps for good."""


class Person(PersonFacts, VersionedRow, Base):
    """A person as the facts are now; `id` follows from the first document number (`TenantKeys.person_id`)."""

    __tablename__ = "person"
    account_id: Mapped[UUID | None]
    member_number: Mapped[str | None]
    """会员编号, given when the person enters the register; unique in the tenant."""
    sex: Mapped[str | None]
    born_sealed: Mapped[str | None]
    """Sex and birth where the document does not say them; else the document counts."""
    work_number_sealed: Mapped[str | None]
    """As `sso.models.WorkNumber` has it, for the facts."""
    over_age: Mapped[str | None]
    """requested | consented | refused: the agency's consent to an admission over age"""
    over_age_opinion: Mapped[str | None]
    """Sealed, as all words of reviewers."""
    over_age_decided_by: Mapped[UUID | None]
    entered_by: Mapped[UUID | None]
    entered_human: Mapped[UUID | None]
    batch_id: Mapped[UUID | None]
    report_id: Mapped[UUID | None]
    reported_by: Mapped[UUID | None]
    reported_human: Mapped[UUID | None]
    reported_at: Mapped[datetime | None]
    node: Mapped[str | None]
    """Node of the admissions chain that a reported person waits at; None where the system confirms."""
    decided_by: Mapped[UUID | None]
    decided_human: Mapped[UUID | None]
    returned_reason: Mapped[str | None]

    @property
    def is_erased(self) -> bool:
        """Whether the row says nothing of anybody any more."""
        return self.document_index == f"{ERASED}{self.id}"

    def revive(self, facts: Mapping[str, object]) -> None:
        """Carry somebody who was erased and comes again as new; id and number stay, for they follow from the person."""
        for name in OF_ONE_ADMISSION:
            setattr(self, name, None)
        for name, value in facts.items():
            if name not in KEPT:
                setattr(self, name, value)
        self.touch()

    def require_editable(self) -> None:
        """NotEditable unless new 新建 or returned 打回."""
        if self.state not in EDITABLE:
            raise NotEditable

    def decide_over_age(self, *, consents: bool, by: UUID, opinion: str) -> None:
        """Note whether the agency consents to the admission of somebody over age."""
        if self.over_age != "requested":
            raise OverAgeUndecided
        self.over_age = "consented" if consents else "refused"
        self.over_age_opinion, self.over_age_decided_by = opinion, by
        self.touch()

    def note_work_number(self, sealed: str) -> None:
        """Keep the number under which the member's own unit knows them."""
        self.work_number_sealed = sealed
        self.touch()

    def leave(self) -> None:
        """Let a confirmed member leave (退会); policies run to their end."""
        if self.state != "confirmed":
            raise NotConfirmed
        self.change({"state": "left"})

    def note_entry(self, by: Eyes) -> None:
        """Keep who entered the person."""
        self.entered_by, self.entered_human = by.account_id, by.human

    @property
    def submitters(self) -> tuple[Eyes, Eyes]:
        """Who entered the person and who reported them."""
        return Eyes(self.entered_by, self.entered_human), Eyes(self.reported_by, self.reported_human)

    @property
    def decider(self) -> Eyes:
        """Who decided last."""
        return Eyes(self.decided_by, self.decided_human)

    def confirm(self, by: Eyes | None) -> None:
        """Let a reported person be a member (财务确认); `by` is None where the system confirms."""
        self.state, self.node = "confirmed", None
        self._note_decision(by or Eyes(None))
        self.effective_on = today()
        self.touch()

    def pass_on(self, node: str, by: Eyes) -> None:
        """Let a reported person wait at the next node."""
        self.node = node
        self._note_decision(by)
        self.touch()

    def send_back(self, by: Eyes, reason: str) -> None:
        """Give a reported person back with a reason (打回)."""
        self.state, self.node, self.returned_reason = "returned", None, reason
        self._note_decision(by)
        self.touch()

    def _note_decision(self, by: Eyes) -> None:
        self.decided_by, self.decided_human = by.account_id, by.human

    def bind(self, account_id: UUID) -> None:
        """Join the person's one app account; AlreadyBound if there is one."""
        if self.account_id is not None:
            raise AlreadyBound
        self.account_id = account_id
        self.touch()

    def unbind(self) -> None:
        """Have no app account any more."""
        self.account_id = None
        self.touch()

    def change(self, changes: dict[str, object]) -> bool:
        """Take new facts, effective today; returns whether anything is new."""
        new = {name: value for name, value in changes.items() if getattr(self, name) != value}
        for name, value in new.items():
            setattr(self, name, value)
        if new:
            self.effective_on = today()
            self.touch()
        return bool(new)

    def facts_row(self, reason: str, *, by: UUID | None = None, note: str | None = None) -> "PersonRecord":
        """Return the facts as they are now for the history; `reason` says why they changed."""
        facts = {name: getattr(self, name) for name in FACTS}
        return PersonRecord(
            id=new_id(), person_id=self.id, number=self.version, reason=reason, changed_by=by, note=note, **facts
        )  # fmt: skip


class PersonRecord(PersonFacts, TenantRow, Base):
    """One state of a person's facts, never changed: `number` is the person's version it began with."""

    __tablename__ = "person_record"
    person_id: Mapped[UUID]
    number: Mapped[int]
    reason: Mapped[str]
    """registered | rostered | bound | admitted | edited | reported | confirmed | returned | changed | transferred |
    left | unbound | erased"""
    changed_by: Mapped[UUID | None]
    note: Mapped[str | None]
    """What the person who asked for the change gave as the reason, sealed."""


class GivenReason(TenantRow, Base):
    """Why staff looked at a person's values, bound or unbound them, in their words; goes with the person's data."""

    __tablename__ = "given_reason"
    person_id: Mapped[UUID]
    action: Mapped[str]
    given_by: Mapped[UUID]
    words_sealed: Mapped[str]


class MemberCounter(TenantRow, Base):
    """How many member numbers a tenant has given out; one row for each tenant."""

    __tablename__ = "member_counter"
    given: Mapped[int]
