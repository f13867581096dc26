"""What identity says: tenants, units, persons, sign-in."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from ..events.contract import BatchItem, Event, Sealed


class WrappedKey(BatchItem):
    """A tenant's data key, wrapped by the master key (base64)."""

    wrapped: str


class TenantConfigured(Event):
    """A version of a tenant's pack was published, with the tenant's keys; also the snapshot of a tenant."""

    wire: ClassVar[str] = "identity.tenant_configured.v1"
    code: str
    pack_version: int
    effective_from: datetime
    pack: dict[str, Any]
    keys: list[WrappedKey]

    @property
    def key(self) -> str:
        """Tenant code."""
        return self.code


class VerificationCodeIssued(Event):
    """A one-time code must reach a mobile now. Expired codes are not sent."""

    wire: ClassVar[str] = "identity.verification_code_issued.v1"
    challenge_id: UUID
    mobile: Sealed
    code: Sealed
    purpose: str
    """register | sign_in | bind | recover | prove_mobile | change_mobile | unbind | confirm | staff_sign_in"""
    expires_at: datetime
    language: str = "zh"
    """zh | en: the language of whoever asked for it."""

    @property
    def key(self) -> str:
        """Challenge."""
        return str(self.challenge_id)


class UnitFact(BatchItem):
    """A unit (单位) as other services need it. Its name and credit code are public facts."""

    unit_id: UUID
    name: str
    credit_code: str
    org_path: str
    """Materialised path of organisation node codes, e.g. "/binhu/"; staff scope is a prefix of it."""
    medical_code: str | None = None
    handler_account_id: UUID | None = None
    handler_mobile: Sealed | None = None
    handler_name: Sealed | None = None
    status: str
    """registered | under_review | approved | returned"""


class UnitApproved(Event):
    """The back office approved a unit's profile: it may enrol."""

    wire: ClassVar[str] = "identity.unit_approved.v1"
    unit: UnitFact

    @property
    def key(self) -> str:
        """Unit."""
        return str(self.unit.unit_id)


class UnitReturned(Event):
    """The back office returned a unit's profile with a reason."""

    wire: ClassVar[str] = "identity.unit_returned.v1"
    unit: UnitFact
    reason: Sealed

    @property
    def key(self) -> str:
        """Unit."""
        return str(self.unit.unit_id)


class UnitsSnapshot(Event):
    """Facts of up to 500 units, sent to rebuild copies."""

    wire: ClassVar[str] = "identity.units_snapshot.v1"
    snapshot_id: UUID
    units: list[UnitFact]

    @property
    def key(self) -> str:
        """Snapshot."""
        return str(self.snapshot_id)


class PersonFact(BatchItem):
    """A person of the register."""

    person_id: UUID
    document_kind: str
    """One of common.identifiers.DOCUMENT_KINDS."""
    document_number: Sealed
    name: Sealed
    mobile: Sealed | None = None
    unit_id: UUID | None = None
    state: str
    """new | reported | confirmed | returned | left"""
    effective_on: date
    member_number: str | None = None
    """会员编号, unique in the tenant; no personal value, it is printed on receipts."""
    account_id: UUID | None = None
    """The member's app account, once bound."""
    sex: str | None = None
    """female | male, where the document does not tell it; None: the number does, or nobody knows."""
    born: Sealed | None = None
    """Birth date as YYYY-MM-DD, where the document does not tell it."""
    work_number: Sealed | None = None
    """工号, the member's number at their own unit, where it is known."""


class MembersAdmitted(Event):
    """Up to 500 persons entered the register, or their facts again as a snapshot."""

    wire: ClassVar[str] = "identity.members_admitted.v1"
    batch_id: UUID
    members: list[PersonFact]
    notify: bool = False
    """Whether the members were admitted just now and should be told; false for snapshots and rosters."""

    @property
    def key(self) -> str:
        """Batch."""
        return str(self.batch_id)


class MemberChanged(Event):
    """A person's facts changed (name, document, mobile, unit); the whole fact as it is now."""

    wire: ClassVar[str] = "identity.member_changed.v1"
    member: PersonFact
    former_mobile: Sealed | None = None
    """The mobile that this change has replaced: its owner is told, in case it was not they who changed it."""

    @property
    def key(self) -> str:
        """Person."""
        return str(self.member.person_id)


class MemberBound(Event):
    """A person registered or bound an app account."""

    wire: ClassVar[str] = "identity.member_bound.v1"
    member: PersonFact
    account_id: UUID
    former_mobile: Sealed | None = None
    """The register's mobile, where another was proved: its owner is told that somebody bound in their name."""

    @property
    def key(self) -> str:
        """Person."""
        return str(self.member.person_id)


class MemberUnbound(Event):
    """A person's app account was closed; the person as they are now, without an account."""

    wire: ClassVar[str] = "identity.member_unbound.v1"
    member: PersonFact
    account_id: UUID
    """The account that is no more."""

    @property
    def key(self) -> str:
        """Person."""
        return str(self.member.person_id)


class MemberTransferred(Event):
    """A person moved to another unit (调动); the whole fact as it is now."""

    wire: ClassVar[str] = "identity.member_transferred.v1"
    member: PersonFact
    from_unit_id: UUID | None = None
    to_unit_id: UUID

    @property
    def key(self) -> str:
        """Person."""
        return str(self.member.person_id)


class StaffFact(BatchItem):
    """An account of the union's staff (工作人员) as other services need it: who can have a task, who is told."""

    account_id: UUID
    roles: list[str]
    org_path: str
    """The part of the organisation that it works for; "/" is the whole union."""
    status: str
    """active | held | closed"""
    name: Sealed | None = None
    mobile: Sealed | None = None


class StaffChanged(Event):
    """A staff account was made, changed, closed or reopened."""

    wire: ClassVar[str] = "identity.staff_changed.v1"
    staff: StaffFact

    @property
    def key(self) -> str:
        """Account."""
        return str(self.staff.account_id)


class StaffSnapshot(Event):
    """Up to 500 staff accounts, told again."""

    wire: ClassVar[str] = "identity.staff_snapshot.v1"
    snapshot_id: UUID
    staff: list[StaffFact]

    @property
    def key(self) -> str:
        """Snapshot."""
        return str(self.snapshot_id)


class UnitNameLinked(Event):
    """The back office said which unit a name of synchronised data means; later data of that name is the unit's."""

    wire: ClassVar[str] = "identity.unit_name_linked.v1"
    source: str
    unit_name: str
    unit_id: UUID

    @property
    def key(self) -> str:
        """Unit."""
        return str(self.unit_id)


class PersonErased(Event):
    """A person's data must go: every service destroys or blanks what it holds and acknowledges it. Ledger rows and
    numbers of policies and claims stay; they name nobody."""

    wire: ClassVar[str] = "identity.person_erased.v1"
    request_id: UUID
    person_id: UUID
    documents: tuple[UUID, ...] = ()
    """Papers about the person that a unit or staff handed in to identity"""

    @property
    def key(self) -> str:
        """Person."""
        return str(self.person_id)


class PreferencesChanged(Event):
    """Which messages a member wants; those that must arrive come all the same."""

    wire: ClassVar[str] = "identity.preferences_changed.v1"
    person_id: UUID
    version: int
    enrolment_sms: bool
    """SMS about one's cover (投保短信)."""
    service_notices: bool
    """Other notices by SMS and WeChat (服务通知)."""

    @property
    def key(self) -> str:
        """Person."""
        return str(self.person_id)


class BankCardChanged(Event):
    """The card that a member wants to be paid on by default; None: there is none any more."""

    wire: ClassVar[str] = "identity.bank_card_changed.v1"
    person_id: UUID
    changed_at: datetime
    card: Sealed | None = None
    card_tail: Sealed | None = None
    bank_name: str | None = None

    @property
    def key(self) -> str:
        """Person."""
        return str(self.person_id)
