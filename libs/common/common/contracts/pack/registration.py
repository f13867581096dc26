"""Who may come in and how: units, people, staff; what they must show and agree to (manual 002 parts 1–2, 003, 004)."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Code, Count, Line, LocalProse, LocalText, Part, broken
from .eligibility import Eligibility
from .entrances import HandOver, Portal, WeChatApp
from .rosters import Roster

FileFormat = Literal["pdf", "png", "jpg", "jpeg", "ofd", "xlsx"]
SignInWay = Literal["password", "sms", "password_sms", "oidc", "cas", "host_app", "wechat"]
DocumentKind = Literal[
    "id_card",
    "passport",
    "hmt_residence_permit",
    "hk_macau_permit",
    "taiwan_permit",
    "foreign_permanent_resident",
]


class Commitment(Part):
    """The commitment letter 承诺书; the server accepts it only after it has been open for `read_seconds`."""

    version: Annotated[int, Field(ge=1)]
    title: LocalText
    text: LocalProse
    read_seconds: Annotated[int, Field(ge=0, le=600)] = 15


class ProfileDocument(Part):
    """A paper of the unit's profile; where `group` is equal, one of the group is enough."""

    code: Code
    title: LocalText
    required: bool = True
    group: Code | None = None
    formats: Annotated[tuple[FileFormat, ...], Field(min_length=1)] = ("pdf", "png", "jpg", "jpeg")


class UploadLimits(Part):
    """Limits of one uploaded file, in bytes and pixels; the refusal names them."""

    max_bytes: Annotated[int, Field(ge=10_000, le=100_000_000)] = 10_000_000
    compress_above_bytes: Annotated[int, Field(ge=10_000, le=100_000_000)] = 1_500_000
    max_pixels: Annotated[int, Field(ge=1_000_000, le=200_000_000)] = 60_000_000
    roster_max_bytes: Annotated[int, Field(ge=10_000, le=200_000_000)] = 50_000_000
    roster_max_rows: Annotated[int, Field(ge=1, le=1_000_000)] = 100_000

    @model_validator(mode="after")
    def _compression_helps(self) -> "UploadLimits":
        if self.compress_above_bytes > self.max_bytes:
            raise broken(
                "compress_above_bytes 不能大于 max_bytes", "compress_above_bytes must not exceed max_bytes"
            )
        return self


class Admission(Part):
    """Admission 入会 where members exist before they are covered (manual 003, D.02–D.06).

    `confirmation`: "automatic" confirms what is reported at once, "person" waits for finance 财务确认.
    """

    confirmation: Literal["automatic", "person"] = "automatic"
    eligibility: Eligibility | None = None
    bulk: bool = True
    sheet: Annotated[
        Roster | None, Field(description="Template of a bulk admission; none: ID number, name, mobile, note.")
    ] = None


class Binding(Part):
    """How a member's app account is bound to the register (manual 002 annex 2, manual 004)."""

    documents: Annotated[tuple[DocumentKind, ...], Field(min_length=1)] = ("id_card",)
    captcha: bool = False
    face_verification: bool = False
    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    fallback: Literal["none", "bank_four_factor", "contact"] = "contact"
    accounts_per_member: Annotated[int, Field(ge=1, le=1)] = 1

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of document as the register calls them."""
        return tuple("resident_id" if kind == "id_card" else kind for kind in self.documents)


class SignIn(Part):
    """The ways in, by kind of person; the first is the one offered first."""

    staff: Annotated[tuple[SignInWay, ...], Field(min_length=1)]
    handler: tuple[SignInWay, ...] = ()
    member: Annotated[tuple[SignInWay, ...], Field(min_length=1)]
    hosts: tuple[LocalText, ...] = Field(default=(), description="Apps that hand their users over.")
    portals: tuple[Portal, ...] = Field(default=(), description="Campus portals: OpenID Connect and CAS.")
    handovers: tuple[HandOver, ...] = Field(default=(), description="How host apps sign their hand-overs.")
    wechat: WeChatApp | None = None

    @model_validator(mode="after")
    def _entrances(self) -> "SignIn":
        ways = {*self.staff, *self.handler, *self.member}
        for kind in ("oidc", "cas"):
            if kind in ways and not any(portal.kind == kind for portal in self.portals):
                raise broken(
                    f"登录方式有 {kind}，portals 中须有此类门户", f"{kind} needs a portal of that kind"
                )
        if "host_app" in ways and not self.handovers:
            raise broken("登录方式有 host_app，须写 handovers", "host_app needs handovers")
        if "wechat" in ways and self.wechat is None:
            raise broken("登录方式有 wechat，须写 wechat", "the way wechat needs the section wechat")
        for name in ("portals", "handovers"):
            codes = [part.code for part in getattr(self, name)]
            if len(set(codes)) != len(codes):
                raise broken(f"{name} 中编码重复", f"a code is repeated in {name}")
        return self

    def portal(self, code: str) -> Portal | None:
        """Return the portal of a code."""
        return next((portal for portal in self.portals if portal.code == code), None)


class Registration(Part):
    """Rules of coming in.

    `units`: "self" – a unit registers itself and is reviewed; "staff" – the union's staff enters it.
    `people`: "created_by_roster" – an enrolment roster creates people; "admission_first" – only members can be covered.
    `handlers_per_unit`: how many handlers a unit may have.
    """

    units: Literal["self", "staff"]
    people: Literal["created_by_roster", "admission_first"]
    sign_in: SignIn
    commitment: Commitment | None = None
    profile_documents: tuple[ProfileDocument, ...] = ()
    insurance_code_lengths: tuple[Annotated[int, Field(ge=1, le=20)], ...] = Field(
        default=(), description="Accepted lengths of the medical-insurance code 医保代码; none: not asked."
    )
    uploads: UploadLimits = UploadLimits()
    admission: Admission | None = None
    binding: Binding = Binding()
    handlers_per_unit: Count = 5
    delete_all_words: Line | None = Field(
        default=None,
        description="Words to be typed before everybody in a list is deleted, e.g. 全部删除 (row D.10).",
    )
    resend_seconds: Annotated[int, Field(ge=30, le=600, description="Between two SMS codes to a number.")] = (
        60
    )

    @model_validator(mode="after")
    def _complete(self) -> "Registration":
        if self.people == "admission_first" and self.admission is None:
            raise broken(
                "people 为 admission_first 时必须写 admission", "admission_first needs an admission section"
            )
        if self.units == "self" and self.commitment is None:
            raise broken("单位自行注册时必须有承诺书 commitment", "units that register need a commitment")
        if self.units == "self" and not self.sign_in.handler:
            raise broken("单位自行注册时必须写 sign_in.handler", "units that register need sign_in.handler")
        return self
