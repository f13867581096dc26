"""When a person's data may go, and when it must. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from common.contracts.erasure import ERASURE_DONE
from common.text import Text

SERVICES = frozenset(ERASURE_DONE)
"""Services that acknowledge an erasure; when all have it is done."""
DECIDED = frozenset({"paid", "rejected", "withdrawn", "closed", "cancelled"})
"""States of a claim after which nothing more happens to it."""


class Matter(NamedTuple):
    """An application for cover, or an online payment, that is under way."""

    kind: str
    number: str


class Held(NamedTuple):
    """What still needs a person's data: the last day of each policy, the state of each claim, payout and refund, and
    what is under way; and the numbers of the claims that are not decided."""

    last_days: Sequence[date]
    claims: Sequence[str]
    payouts: Sequence[str]
    refunds: Sequence[str] = ()
    matters: Sequence[Matter] = ()
    open_claims: Sequence[str] = ()


def reasons_to_keep(held: Held, *, today: date) -> list[str]:
    """Return why the data can't go yet; empty if it can.

    covered, claim_open, payout_open, refund_open, application_open, payment_open.
    """
    reasons = []
    if any(day >= today for day in held.last_days):
        reasons.append("covered")
    if any(state not in DECIDED for state in held.claims) and not _all_paid(held):
        reasons.append("claim_open")
    if any(state != "paid" for state in held.payouts):
        reasons.append("payout_open")
    if any(state != "paid" for state in held.refunds):
        reasons.append("refund_open")
    under_way = {matter.kind for matter in held.matters}
    return reasons + [f"{kind}_open" for kind in ("application", "payment") if kind in under_way]


WHAT_TO_DO = {
    "covered": Text(
        "保障期至 {until}，到期后再申请，或先由单位办理退出、保单提前终止",
        "covered until {until}: ask again then, or let the unit end the cover first",
    ),
    "claim_open": Text(
        "理赔申请 {numbers} 未办结，请等待办结或先撤回",
        "claims {numbers} are not decided: wait, or withdraw them",
    ),
    "payout_open": Text(
        "有给付尚未到账，请核对收款银行卡，到账后再申请",
        "a payout has not arrived: check the card, ask again then",
    ),
    "refund_open": Text(
        "有退费尚未到账，请核对收款账户，到账后再申请",
        "a refund has not arrived: check the account, ask again then",
    ),
    "application_open": Text(
        "参保申请 {numbers} 未办结，请先撤回，或缴费并待保障期满",
        "applications for cover {numbers} are under way: withdraw them first",
    ),
    "payment_open": Text(
        "在线支付 {numbers} 尚无结果或退款未到账，请等支付关闭（约 30 分钟）或退款到账后再申请",
        "online payments {numbers} are not over: wait until they close (about 30 minutes) or the money is back",
    ),
}


def what_to_do(reasons: Iterable[str], held: Held) -> Text:
    """Return what still needs the data, by number or day, and what to do about each."""
    until = max(held.last_days, default=None)
    numbers = {
        f"{kind}_open": [m.number for m in held.matters if m.kind == kind]
        for kind in ("application", "payment")
    }
    numbers["claim_open"] = list(held.open_claims)
    parts = [
        WHAT_TO_DO[reason].format(until=until, numbers="、".join(numbers.get(reason, [])[:10]))
        for reason in reasons
    ]
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


def _all_paid(held: Held) -> bool:
    """Whether every undecided state is an approval whose money has gone out."""
    open_states = [state for state in held.claims if state not in DECIDED]
    paid = sum(state == "paid" for state in held.payouts)
    return all(state == "approved" for state in open_states) and paid >= len(open_states)


def is_done(acknowledged: Iterable[str]) -> bool:
    """Whether every service has acknowledged an erasure."""
    return set(acknowledged) >= SERVICES


def left_by(today: date, *, years: int) -> date:
    """Return the day before which somebody must have left for their data to be kept no longer."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:
        return date(today.year - years, 2, 28)


def look_again_seconds(waited: float) -> float:
    """Return in how many seconds an export looks again for parts that are missing: soon at first, then seldom."""
    return min(max(waited / 10, 0.5), 60.0)
