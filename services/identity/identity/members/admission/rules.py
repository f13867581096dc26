"""Who may be admitted: sex, age and its exception, what the register knows (manual 003; rows D.06, D.07)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Literal, NamedTuple

from common.contracts.pack.chains import Chain
from common.contracts.pack.eligibility import Eligibility, OverAge, Sex, birthday
from common.identifiers import (
    WITH_RESIDENT_NUMBER,
    Fault,
    document_birth_date,
    document_faults,
    mobile_faults,
    name_faults,
    plain_name,
    sex_of,
)
from common.text import Text

DELETE_WORDS = "全部删除"
RESIDENT_ID = "resident_id"
Standing = Literal["ok", "under", "over", "never"]
"""over: above the limit, yet admissible with papers and the agency's consent; never: above the absolute limit"""
_SEX = {"female": Text("女性", "women"), "male": Text("男性", "men")}
SEX_MISSING = Fault(
    "sex.missing",
    Text("该证件号码不含性别，请填写性别。", "This document does not tell the sex; enter it."),
    Text("请选择男或女。", "Choose one."),
)
BORN_MISSING = Fault(
    "born.missing",
    Text(
        "该证件号码不含出生日期，请填写出生日期。", "This document does not tell the date of birth; enter it."
    ),
    Text("请按证件填写。", "Enter it as on the document."),
)
BORN_FUTURE = Fault(
    "born.future",
    Text("出生日期晚于今天。", "The date of birth is in the future."),
    Text("请按证件核对。", "Check it against the document."),
)
SEX_MISMATCH = Fault(
    "sex.mismatch",
    Text("填写的性别与身份证号不符。", "The sex entered is not the one in the ID number."),
    Text("请向本人核对身份证号和性别后修改。", "Ask the person, then correct the ID number or the sex."),
)
BORN_MISMATCH = Fault(
    "born.mismatch",
    Text("填写的出生日期与身份证号不符。", "The date of birth entered is not the one in the ID number."),
    Text("请向本人核对后修改。", "Ask the person, then correct one of them."),
)
ALREADY_HERE = Fault(
    "member.duplicate",
    Text("此人已在本单位的会员名册中。", "This person is in the unit's register already."),
    Text(
        "无需再次入会；信息有误的请办理会员信息变更。",
        "No admission is needed; if the data is wrong ask for a change.",
    ),
)
OTHER_UNIT = Fault(
    "member.other_unit",
    Text("该会员在其他单位。", "This member belongs to another unit."),
    Text("请办理会员调入，通过后即可参保。", "Apply for the transfer to this unit."),
)
NAME_MISMATCH = Fault(
    "name.mismatch",
    Text(
        "姓名与该证件号码登记的会员姓名不一致。", "The name differs from the one registered with this number."
    ),
    Text(
        "请核对有无错别字；确已改名的，请办理会员信息变更。",
        "Look for wrong characters; after a change of name ask for a change.",
    ),
)


class Applicant(NamedTuple):
    """Who is to be admitted, as it was meant; sex and birth only where the document does not tell them."""

    document_kind: str
    number: str
    name: str
    mobile: str = ""
    sex: Sex | None = None
    born: date | None = None

    @property
    def told_sex(self) -> Sex | None:
        """The sex that the number tells, if it tells one."""
        return sex_of(self.number) if self.document_kind in WITH_RESIDENT_NUMBER else None

    @property
    def told_born(self) -> date | None:
        """The birth date that the number tells, if it tells one."""
        return document_birth_date(self.document_kind, self.number)

    @property
    def holder_sex(self) -> Sex | None:
        """The sex that the number tells, else the one given."""
        return self.told_sex or self.sex

    @property
    def holder_born(self) -> date | None:
        """The birth date that the number tells, else the one given."""
        return self.told_born or self.born


class KnownPerson(NamedTuple):
    """What the register knows of somebody with this document number."""

    state: str
    unit_id: object
    name: str


def applicant_faults(applicant: Applicant, *, today: date) -> dict[str, list[Fault]]:
    """Return all that is wrong with the values themselves, by field."""
    faults: dict[str, list[Fault]] = {"name": list(name_faults(applicant.name))}
    faults["mobile"] = mobile_faults(applicant.mobile) if applicant.mobile else []
    faults["document_number"] = document_faults(applicant.document_kind, applicant.number, today=today)
    if not faults["document_number"]:
        faults["sex"] = _sex_faults(applicant)
        faults["born_on"] = _born_faults(applicant, today)
    return faults


def _sex_faults(applicant: Applicant) -> list[Fault]:
    if applicant.told_sex is not None:
        return [SEX_MISMATCH] if applicant.sex not in (None, applicant.told_sex) else []
    return [] if applicant.sex else [SEX_MISSING]


def _born_faults(applicant: Applicant, today: date) -> list[Fault]:
    if applicant.told_born is not None:
        return [BORN_MISMATCH] if applicant.born not in (None, applicant.told_born) else []
    if applicant.born is None:
        return [BORN_MISSING]
    return [BORN_FUTURE] if applicant.born > today else []


def standing(eligibility: Eligibility | None, *, sex: Sex, born: date, on: date) -> Standing:
    """Say how a person's age stands to the limits of their sex on a day."""
    if eligibility is None:
        return "ok"
    verdict = eligibility.ages_of(sex).verdict(born=born, on=on)
    if verdict != "over":
        return verdict
    over = eligibility.over_age
    return "never" if over is None or on > birthday(born, over.absolute) else "over"


def eligibility_faults(
    eligibility: Eligibility | None, applicant: Applicant, *, on: date, papers: Collection[str]
) -> list[Fault]:
    """Return what of sex and age speaks against an admission; each names its rule.

    Who is over age, but not above the absolute limit, is admissible with every paper that the pack asks for.
    """
    sex, born = applicant.holder_sex, applicant.holder_born
    if eligibility is None or sex is None or born is None:
        return []
    if sex not in eligibility.sexes:
        return [_sex_not_eligible(sex)]
    limits, over = eligibility.ages_of(sex), eligibility.over_age
    match standing(eligibility, sex=sex, born=born, on=on):
        case "under":
            years = limits.at_least if limits.at_least is not None else limits.above
            return [_under(sex, years or 0, beyond=limits.at_least is None)]
        case "never":
            return [_never(sex, limits.below or 0, over)]
        case "over" if over is not None and not set(over.documents) <= set(papers):
            return [_over(sex, limits.below or 0)]
    return []


def needs_consent(eligibility: Eligibility | None, applicant: Applicant, *, on: date) -> bool:
    """Whether the agency has to consent because the person is over age."""
    sex, born = applicant.holder_sex, applicant.holder_born
    return sex is not None and born is not None and standing(eligibility, sex=sex, born=born, on=on) == "over"


def register_faults(known: Iterable[KnownPerson], *, unit_id: object, name: str) -> dict[str, list[Fault]]:
    """Return what speaks against an admission in the register; somebody who left or belongs to no unit may come."""
    for person in known:
        if person.state == "left":
            continue
        same = plain_name(person.name).casefold() == plain_name(name).casefold()
        named = {"name": [NAME_MISMATCH]} if name and not same else {}
        if person.unit_id == unit_id:
            return {"document_number": [ALREADY_HERE], **named}
        if person.unit_id is not None:
            return {"document_number": [OTHER_UNIT], **named}
        if named:
            return {"name": [NAME_MISMATCH]}
    return {}


def next_node(chain: Chain | None, node: str | None) -> str | None:
    """Return the node that follows; the first for None; None when the chain is passed or there is none."""
    if chain is None:
        return None
    if node is None:
        return chain.nodes[0].code
    following = chain.after(node)
    return following.code if following else None


def missing_papers(over: OverAge | None, given: Sequence[str]) -> list[str]:
    """Return the papers of postponed retirement that are missing."""
    return [code for code in (over.documents if over else ()) if code not in given]


def _sex_not_eligible(sex: Sex) -> Fault:
    other = _SEX["male" if sex == "female" else "female"]
    return Fault(
        "sex.not_eligible",
        Text(f"入会只限{other.zh}。", f"Only {other.en} can be admitted."),
        Text("请核对身份证号。", "Check the ID number."),
    )


def _under(sex: Sex, years: int, *, beyond: bool) -> Fault:
    zh, en = (f"大于{years}周岁", f"over {years}") if beyond else (f"年满{years}周岁", f"at least {years}")
    return Fault(
        "age.under",
        Text(f"年龄不足：{_SEX[sex].zh}须{zh}。", f"Too young: {_SEX[sex].en} must be {en}."),
        Text("请核对身份证号；到龄后再办理入会。", "Check the ID number; admit the person when old enough."),
    )


def _over(sex: Sex, below: int) -> Fault:
    return Fault(
        "age.over",
        Text(f"超龄：{_SEX[sex].zh}须小于{below}周岁。", f"Over age: {_SEX[sex].en} must be under {below}."),
        Text(
            "未办理正式退休手续的，请上传延迟退休的证明，经代办处同意后入会。",
            "If retirement was postponed, upload the papers; the agency has to consent.",
        ),
    )


def _never(sex: Sex, below: int, over: OverAge | None) -> Fault:
    advice = Text("请核对身份证号。", "Check the ID number.")
    if over is not None:
        advice = Text(
            f"超过{over.absolute}周岁的，不能入会，提交证明也不能办理。",
            f"Nobody above {over.absolute} can be admitted, with or without papers.",
        )
    code = "age.over" if over is None else "age.over_absolute"
    return Fault(
        code,
        Text(f"超龄：{_SEX[sex].zh}须小于{below}周岁。", f"Over age: {_SEX[sex].en} must be under {below}."),
        advice,
    )
