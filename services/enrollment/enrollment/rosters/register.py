"""What is known about people already, and the reasons that follow from it. Pure; the register itself is elsewhere."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from common.identifiers import WITH_RESIDENT_NUMBER, document_birth_date, sex_of
from common.text import Text

from .reasons import Reason, shares_exceeded
from .requirements import RosterRules, Sex

RESIDENT_ID = "resident_id"


class Holder(NamedTuple):
    """Sex and birth date of the holder of a document; None where nobody knows."""

    sex: Sex | None
    born: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterEntry:
    """A person the register knows, as far as this product and its period are concerned.

    `member`: admitted as a member; `name`, `sex`: as registered (None: unknown); `unit`: id of the unit;
    `covered_until`: the day cover that would overlap ends, as text (None: not covered); `order`: number of another
    order the person is in (None: none); `shares`: shares of this product held and not expired; `over_age_consent`: the
    agency has consented to cover the person although over age. `document_kind`: what the number belongs to; `born`: as
    registered, where the number does not tell it; `member_number`: the member's, where there is one.
    """

    member: bool = True
    name: str | None = None
    sex: Sex | None = None
    unit: str | None = None
    unit_name: str | None = None
    covered_until: str | None = None
    order: str | None = None
    shares: int = 0
    over_age_consent: bool = False
    document_kind: str = RESIDENT_ID
    born: date | None = None
    member_number: str | None = None

    def holder(self, number: str) -> Holder:
        """Return sex and birth date: as the number tells them, else as registered."""
        told = sex_of(number) if self.document_kind in WITH_RESIDENT_NUMBER else self.sex
        return Holder(told, document_birth_date(self.document_kind, number) or self.born)


def holder_of(number: str, entry: RegisterEntry | None) -> Holder:
    """Return sex and birth date of a person; whom the register does not have holds a resident ID card."""
    return (entry or RegisterEntry()).holder(number)


class RegisterView(Protocol):
    """Read-only look at the register of one tenant and product."""

    def find(self, id_numbers: Collection[str]) -> Mapping[str, RegisterEntry]:
        """Return what is known of these ID numbers; who is not in the answer is unknown. Asked in batches."""
        ...


def register_reasons(
    entry: RegisterEntry | None,
    rules: RosterRules,
    *,
    id_number: str,
    name: str,
    shares: int,
    member_number: str = "",
) -> Iterator[Reason]:
    """Yield what speaks against a person according to the register (manual 003 part 4, D.07)."""
    if entry is None or not entry.member:
        if rules.member_required:
            yield _UNKNOWN
        if entry is None:
            return
    if entry.name is not None and name and entry.name != name:
        yield _NAME_MISMATCH
    if member_number and entry.member_number not in (None, member_number):
        yield _NUMBER_MISMATCH
    if entry.sex is not None and entry.sex != entry.holder(id_number).sex:
        yield _SEX_MISMATCH
    if rules.member_required and rules.unit is not None and entry.unit not in (None, rules.unit):
        yield _other_unit(entry.unit_name)
    if entry.covered_until is not None:
        yield _covered(entry.covered_until)
    if entry.order is not None:
        yield _in_progress(entry.order)
    if entry.shares and entry.shares + shares > rules.share_limit:
        yield shares_exceeded(rules.share_limit, entry.shares)


_UNKNOWN = Reason(
    "member.unknown",
    "id_number",
    Text("查无此会员。", "There is no such member."),
    Text("请先办理入会，再参保。", "Admit the person first, then enrol."),
)
_NAME_MISMATCH = Reason(
    "name.mismatch",
    "name",
    Text("姓名与登记的会员姓名不一致。", "The name differs from the member's name in the register."),
    Text(
        "请核对是否有空格或错别字；确已改名的，请办理信息变更。",
        "Look for blanks and wrong characters; after a change of name ask for a change of data.",
    ),
)
_NUMBER_MISMATCH = Reason(
    "member.number_mismatch",
    "member_number",
    Text("会员编号与证件号码不是同一名会员的。", "Member number and ID number are not of the same member."),
    Text(
        "请核对会员编号和证件号码，改正填错的一项；会员编号可以不填。",
        "Check both and correct the wrong one; the member number may be left out.",
    ),
)
_SEX_MISMATCH = Reason(
    "sex.mismatch",
    "id_number",
    Text("身份证号中的性别与登记的性别不一致。", "The sex in the ID number differs from the register's."),
    Text(
        "请向本人或基层单位核实身份证号，办理信息变更后再参保。",
        "Check the ID number with the person or the unit, have the data changed, then enrol.",
    ),
)


def _other_unit(name: str | None) -> Reason:
    where = Text(f"，登记在“{name}”", f" but of {name}") if name else Text("", "")
    return Reason(
        "member.other_unit",
        "id_number",
        Text(f"该会员不在本单位{where.zh}。", f"The member is not of this unit{where.en}."),
        Text("请先办理会员调入，通过后再参保。", "Apply for the transfer to this unit first, then enrol."),
    )


def _covered(until: str) -> Reason:
    return Reason(
        "policy.duplicate",
        "id_number",
        Text(f"已参加本项目，保障至 {until}。", f"Already covered by this product, until {until}."),
        Text(
            "请从花名册中删除此人；到期前可续保。",
            "Take the person off the roster; renew before the term ends.",
        ),
    )


def _in_progress(order: str) -> Reason:
    return Reason(
        "policy.in_progress",
        "id_number",
        Text(
            f"有在途业务：已在参保申请 {order} 中。", f"In progress: the person is in order {order} already."
        ),
        Text("请先完成或删除该申请，再重新参保。", "Finish or delete that order first."),
    )
