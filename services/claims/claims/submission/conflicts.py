"""What a claim may not share with another: receipts, pictures, stays, and the once of an application made once."""

from datetime import date

from common.clock import business_day, today
from common.contracts.pack.forms import IDENTITY
from common.crypto import TenantKeys
from common.text import Text

from ..decisions.rules import due_on
from ..intake.errors import DuplicateReceipt
from ..intake.evidence.repository import Sharing, is_same, overlap
from ..intake.models import Claim, Stay
from ..intake.repository import ClaimRepository
from ..intake.rules.application import Application
from ..intake.rules.checks import days_of_stays, event_days, receipts_of
from ..intake.rules.documents import RECEIPTS
from ..intake.rules.form import Fault, place_of
from ..intake.rules.routing import Reason

PICTURE, RECEIPT = "picture", "receipt"


async def find_conflicts(
    repository: ClaimRepository, claim: Claim, application: Application, keys: TenantKeys
) -> list[Fault]:
    """Take receipts and pictures for a claim; return what other claims have: those, stays, and the once of a kind."""
    receipts = {
        mark: place for number, place in receipts_of(application) for mark in keys.blinds(RECEIPT, number)
    }
    receipt_rules = {rule.code for rule in application.kind.documents if RECEIPTS & set(rule.types)}
    pictures = {
        d.sha256: d.document_id
        for d in application.documents
        if d.rule in receipt_rules and d.type not in IDENTITY
    }
    marks = [(claim.id, RECEIPT, mark) for mark in receipts] + [
        (claim.id, PICTURE, mark) for mark in pictures
    ]
    sharing = Sharing.of(claim, application.kind.shares_stays_with)
    holders = await repository.use_evidence(marks, sharing={claim.id: sharing})
    held = [(kind, mark) for (_, kind, mark), holder in holders.items() if holder != claim.id]
    faults = [_used(RECEIPT, receipts[mark], None) for kind, mark in held if kind == RECEIPT]
    faults += [_used(PICTURE, "", pictures[mark]) for kind, mark in held if kind == PICTURE]
    faults += await _stays(repository, claim, application, sharing)
    return faults + await _only_once(repository, claim, application)


async def _stays(
    repository: ClaimRepository, claim: Claim, application: Application, sharing: Sharing
) -> list[Fault]:
    """Return a fault for each stay that another claim has; where their kinds share stays, the days must be the same."""
    others = await repository.overlapping(claim)
    faults = []
    for stay, days in days_of_stays(application).items():
        place = place_of(application.code_of("admission_date"), stay)
        for other, kind, number in others:
            if not overlap(*days, other):
                continue
            if not sharing.allows(claim.person_id, kind):
                text = Text(
                    f"{days[0]} 入院的住院已在另一申请中，请勿重复申请。",
                    f"The stay from {days[0]} stands in another claim of yours. Do not claim it twice.",
                )
                faults.append(Fault("claim.stay_already_claimed", text, place))
                break
            if not is_same(*days, other):
                faults.append(Fault("claim.stay_days_differ", _differ(days, other, number), place))
                break
    return faults


def _differ(days: tuple[date, date], other: Stay, number: str | None) -> Text:
    theirs = (other.admitted_on, other.discharged_on)
    return Text(
        f"本次住院（{days[0]} 至 {days[1]}）与申请 {number} 中的住院（{theirs[0]} 至 {theirs[1]}）日期重叠但不相同；"
        "同一次住院请按出院记录填写一致的日期。",
        f"This stay ({days[0]} to {days[1]}) overlaps the one in your claim {number} ({theirs[0]} to {theirs[1]}) "
        "without being the same. Enter the days of the discharge record in both.",
    )


def _used(kind: str, place: str, document_id: str | None) -> Fault:
    what = Text("票据号码", "receipt number") if kind == RECEIPT else Text("图片", "picture")
    text = Text(
        f"该{what.zh}已在另一理赔申请中使用；如确属误判，请联系工会核实。",
        f"This {what.en} is used in another claim. If that is a mistake, ask the union to look at it.",
    )
    return Fault(DuplicateReceipt.code, text, place, document_id)


async def _only_once(repository: ClaimRepository, claim: Claim, application: Application) -> list[Fault]:
    if application.kind.once_per is None:
        return []
    others = await repository.others_of_kind(claim.person_id, claim.kind, claim.id)
    years = {day.year for found in event_days(application).values() for day in found}
    if application.kind.once_per == "year":
        others = [other for other in others if other.event_on and other.event_on.year in years]
    return [Fault("claim.only_once", _once(application.kind.once_per, others[0]))] if others else []


def _once(per: str, other: Claim) -> Text:
    on = business_day(other.submitted_at or other.created_at)
    words = (
        ("每人每年限申请一次，本年度", "once a year", "this year")
        if per == "year"
        else ("每人限申请一次，", "once", "before")
    )
    return Text(
        f"{words[0]}已于 {on} 提交申请 {other.number}，不能再次申请；该申请的进度见“我的申请”。",
        f"This can be applied for {words[1]}: you handed in {other.number} {words[2]}, on {on}. Follow that one.",
    )


async def same_event(repository: ClaimRepository, claim: Claim) -> list[Reason]:
    """Return a reason for each other claim of the person's of this kind whose event was the same day.

    Two may be right (both parents in one accident), so a person looks; what has a receipt or a stay is refused before.
    """
    if claim.event_on is None:
        return []
    others = await repository.others_of_kind(claim.person_id, claim.kind, claim.id)
    return [
        Reason(
            "event.same_day",
            Text(
                f"同一人的同类申请 {other.number} 发生日期也是 {claim.event_on}，请核对是否重复申请",
                f"the person's claim {other.number} of this kind is about the same day, {claim.event_on}",
            ),
        )
        for other in others
        if other.event_on == claim.event_on
    ]


def note_days(repository: ClaimRepository, claim: Claim, application: Application) -> None:
    """Note the days of the event on the claim, and its stays so that no other claim takes them."""
    stays = list(days_of_stays(application).values())
    days = sorted(day for found in event_days(application).values() for day in found)
    claim.event_on = days[0] if days else None
    claim.admitted_on = min((admitted for admitted, _ in stays), default=None)
    claim.discharged_on = max((discharged for _, discharged in stays), default=None)
    claim.due_on = due_on(application.kind, [today()])
    for admitted, discharged in stays:
        repository.add(
            Stay(
                claim_id=claim.id,
                person_id=claim.person_id,
                event=claim.event,
                admitted_on=admitted,
                discharged_on=discharged,
            )
        )
