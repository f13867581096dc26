"""Pure rules of an individual application: who may join, whether the form is complete, how far the chain has come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from common.contracts.pack import Product
from common.contracts.pack.chains import Chain
from common.contracts.pack.forms import FormField
from common.forms import Fault, missing_fields, unfit_answers
from common.text import Text

from ..policies.rules import may_enrol
from ..rosters.eligibility import eligibility_reasons
from ..rosters.reasons import HOLDER_UNKNOWN
from ..rosters.register import RegisterEntry
from ..rosters.requirements import AgeBounds, RosterRules, Sex

SEXES: tuple[Sex, ...] = ("female", "male")
SHARES = "shares"
"""The field of a form that says how many shares; a form without it means one."""
NUMBER_UNKNOWN = Text(
    "登记的证件号码不含性别和出生日期，会员名册中也没有，无法核对参保条件。请联系工会补登后再申请。",
    "Neither your document nor the register tells sex and birth date. Ask the union to enter them, then apply.",
)
COVERED = Text(
    "您已参加该项目，保障期至 {until}；到期前 {days} 天内可以续保。",
    "You are covered until {until}; you can renew within the last {days} days.",
)
COVERED_NO_RENEWAL = Text(
    "您已参加该项目，保障期至 {until}，到期后可再次参加。",
    "You are covered until {until}; join again after that.",
)
ON_ORDER = Text(
    "您所在单位正在为您办理该项目（工单 {order}），无需个人申请。",
    "Your unit is enrolling you (order {order}); you need not apply yourself.",
)
TOO_MANY_SHARES = Text(
    "每人最多 {limit} 份，请修改份数。", "At most {limit} shares each. Correct the number."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What decides whether a person may join; `entry`: what the register has of the document."""

    id_number: str
    entry: RegisterEntry | None = None
    covered_until: date | None = None
    on_order: str | None = None


def eligibility_faults(applicant: Applicant, product: Product, *, starts_on: date) -> list[Fault]:
    """Return every reason why a person cannot join a product with cover from `starts_on`, each naming its rule."""
    return [*_person_faults(applicant, product, starts_on), *_cover_faults(applicant, product, starts_on)]


def _person_faults(applicant: Applicant, product: Product, on: date) -> Iterable[Fault]:
    eligibility = product.eligibility
    bounds = {sex: eligibility.ages_of(sex) for sex in SEXES}
    rules = RosterRules(
        title=product.title.zh,
        columns=(),
        sexes=eligibility.sexes,
        ages={sex: AgeBounds(limit.at_least, limit.above, limit.below) for sex, limit in bounds.items()},
        never_above=eligibility.over_age.absolute if eligibility.over_age else None,
        counted_on=on,
    )
    reasons = eligibility_reasons(applicant.id_number, rules, entry=applicant.entry)
    return [
        Fault("document.not_checkable", NUMBER_UNKNOWN, "id_number")
        if reason is HOLDER_UNKNOWN
        else Fault(reason.code, reason.message, reason.field)
        for reason in reasons
    ]


def _cover_faults(applicant: Applicant, product: Product, starts_on: date) -> Iterable[Fault]:
    if not may_enrol(applicant.covered_until, starts_on=starts_on, product=product):
        until = applicant.covered_until.isoformat() if applicant.covered_until else ""
        renewal = product.renewal
        text = (
            COVERED.format(until=until, days=renewal.before_days)
            if renewal
            else COVERED_NO_RENEWAL.format(until=until)
        )
        yield Fault("policy.duplicate", text, "product")
    if applicant.on_order:
        yield Fault("policy.in_progress", ON_ORDER.format(order=applicant.on_order), "product")


def form_faults(fields: Sequence[FormField], answers: Mapping[str, str], product: Product) -> list[Fault]:
    """Return what keeps the form from being handed in: missing or unfit answers, too many shares."""
    faults = [*missing_fields(fields, answers), *unfit_answers(fields, answers)]
    limit = product.contribution.share_limit
    if not any(fault.field == SHARES for fault in faults) and shares_of(answers) > limit:
        faults.append(Fault("shares.exceeded", TOO_MANY_SHARES.format(limit=limit), SHARES))
    return faults


def shares_of(answers: Mapping[str, str]) -> int:
    """Return how many shares the answers ask for; one where the form does not ask or the answer is no number."""
    text = answers.get(SHARES, "")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 else 1


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the history, as the timeline reads it."""

    round: int
    node: str | None
    decision: str
    opinion: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class NodeState:
    """A node of the chain in the present round: waiting, current, passed, returned or rejected."""

    code: str
    title: Text
    state: str
    opinion: str | None = None
    at: datetime | None = None


def node_states(
    chain: Chain, steps: Sequence[Step], *, node: str | None, round_number: int
) -> list[NodeState]:
    """Return every node of the chain with its state, those still to come too (row A.07)."""
    done = {step.node: step for step in steps if step.round == round_number and step.node}
    states = []
    for item in chain.nodes:
        step = done.get(item.code)
        state = step.decision if step else ("current" if item.code == node else "waiting")
        opinion, at = (step.opinion, step.at) if step else (None, None)
        states.append(NodeState(item.code, item.title.text(), state, opinion, at))
    return states
