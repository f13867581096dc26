"""Whether a person's sex and age, as the ID number has them, fit the product. Pure (manual 003 part 4, D.06)."""

from collections.abc import Iterator
from datetime import date

from common.text import Text

from .reasons import HOLDER_UNKNOWN, Reason
from .register import RESIDENT_ID, Holder, RegisterEntry, holder_of
from .requirements import AgeBounds, RosterRules, Sex, birthday

_SEX = {"female": Text("女性", "women"), "male": Text("男性", "men")}


def eligibility_reasons(
    id_number: str, rules: RosterRules, *, entry: RegisterEntry | None = None, consent: bool = False
) -> Iterator[Reason]:
    """Yield the reasons against the holder of a document number that is right; each names its rule.

    `entry`: what the register has of the person; `consent`: the agency consents to this person although over age;
    beyond the absolute limit it helps nobody.
    """
    sex, born = holder = holder_of(id_number, entry)
    if sex is None or born is None:
        if entry is not None and entry.document_kind != RESIDENT_ID and _needed(holder, rules):
            yield HOLDER_UNKNOWN
        return
    if sex not in rules.sexes:
        yield _sex_not_eligible(sex)
    bounds = rules.ages.get(sex)
    if bounds is None:
        return
    match bounds.verdict(born=born, on=rules.age_day):
        case "under":
            yield _under(sex, bounds)
        case "over" if not consent or _beyond(born, rules):
            yield _over(sex, bounds, _beyond(born, rules), rules.never_above)


def consent_may_help(id_number: str, rules: RosterRules, entry: RegisterEntry | None = None) -> bool:
    """Whether the holder of a document is over age, and a consent could change that (row D.06)."""
    sex, born = holder_of(id_number, entry)
    bounds = rules.ages.get(sex) if sex else None
    if bounds is None or born is None or rules.never_above is None:
        return False
    return bounds.verdict(born=born, on=rules.age_day) == "over" and not _beyond(born, rules)


def _needed(holder: Holder, rules: RosterRules) -> bool:
    """Whether the product's limits cannot be checked without what is not known of a person."""
    by_sex = len(rules.sexes) < len(_SEX) and holder.sex is None
    return by_sex or bool(rules.ages)


def _beyond(born: date, rules: RosterRules) -> bool:
    """Whether the person has passed the age beyond which no papers help."""
    return rules.never_above is not None and rules.age_day > birthday(born, rules.never_above)


def _sex_not_eligible(sex: Sex) -> Reason:
    other = _SEX["male" if sex == "female" else "female"]
    return Reason(
        "sex.not_eligible",
        "id_number",
        Text(f"本项目只限{other.zh}参保。", f"This product is for {other.en} only."),
        Text(
            "请从花名册中删除此人，或核对身份证号。",
            "Take the person off the roster, or check the ID number.",
        ),
    )


def _under(sex: Sex, bounds: AgeBounds) -> Reason:
    limit = bounds.at_least if bounds.at_least is not None else bounds.above
    rule = Text(f"年满{limit}周岁", f"at least {limit}")
    if bounds.at_least is None:
        rule = Text(f"大于{limit}周岁", f"over {limit}")
    return Reason(
        "age.under",
        "id_number",
        Text(f"年龄不足：{_SEX[sex].zh}须{rule.zh}。", f"Too young: {_SEX[sex].en} must be {rule.en}."),
        Text("请核对身份证号；到龄后再参保。", "Check the ID number; enrol the person when old enough."),
    )


def _over(sex: Sex, bounds: AgeBounds, beyond: bool, never_above: int | None) -> Reason:
    who, limit = _SEX[sex], bounds.below
    if beyond:
        advice = Text(
            f"超过{never_above}周岁且未正式延迟退休的，不能参保。",
            f"Above {never_above} and without formally postponed retirement nobody can be covered.",
        )
    elif never_above is not None:
        advice = Text(
            "未办理退休手续的，请提交延迟退休的证明，由代办处同意后办理。",
            "If retirement was postponed, hand in the papers; the agency has to consent.",
        )
    else:
        advice = Text(
            "请从花名册中删除此人，或核对身份证号。", "Take the person off, or check the ID number."
        )
    message = Text(f"超龄：{who.zh}须小于{limit}周岁。", f"Over age: {who.en} must be under {limit}.")
    return Reason("age.over", "id_number", message, advice)
