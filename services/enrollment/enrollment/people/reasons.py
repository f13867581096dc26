"""Reasons as they are stored with a person and shown in the language of the request."""

from collections.abc import Iterable
from typing import Any

from common.text import Text

from ..rosters import Reason, RegisterEntry, RosterRules
from ..rosters.actions import BY_CODE, Action, action_of
from ..rosters.eligibility import consent_may_help

ALREADY_ON_ORDER = Reason(
    "row.duplicate",
    "id_number",
    Text("此人已在本参保申请中。", "The person is on this order already."),
    Text("同一人只能填写一次，请删除这一行。", "Each person once: delete this row."),
)
COVERED_MEANWHILE = Reason(
    "policy.duplicate",
    "id_number",
    Text("付款期间已通过其他申请参保，未重复参保。", "Another order covered the person meanwhile."),
    Text("所缴费用将退回缴费方。", "The contribution is given back to whoever paid it."),
)
NOT_ELIGIBLE = Reason(
    "age.over",
    "id_number",
    Text(
        "保障生效之日年龄已不符合要求，未承保。",
        "On the first day of cover the person's age no longer fits; not covered.",
    ),
    Text("所缴费用将退回缴费方。", "The contribution is given back to whoever paid it."),
)
ENDED_MEANWHILE = Reason(
    "policy.ended",
    "id_number",
    Text("付款期间保障已经结束，未能办理。", "The cover ended meanwhile; nothing could be done."),
    Text("应退费用将退回缴费方。", "What was paid for it is given back."),
)


def claim_open(numbers: Iterable[str]) -> Reason:
    """Somebody who was to leave has claims that are not decided yet: what comes back depends on them."""
    named = "、".join(numbers)
    return Reason(
        "policy.claim_open",
        "id_number",
        Text(
            f"有未办结的理赔 {named}，未退出，继续在保。", f"Claims {named} are not decided: still covered."
        ),
        Text(
            "理赔办结后可再次办理减员。", "Once they are decided the person may leave by another amendment."
        ),
    )


def reason_json(
    reason: Reason,
    rules: RosterRules | None = None,
    id_number: str = "",
    entry: RegisterEntry | None = None,
) -> dict[str, Any]:
    """Return a reason as it is stored, with the next step that the union's way of working leads to."""
    action = action_of(
        reason.code,
        admission_first=rules is not None and rules.member_required,
        consent_possible=rules is not None
        and reason.code == "age.over"
        and consent_may_help(id_number, rules, entry),
    )
    return {
        "code": reason.code,
        "field": reason.field,
        "message": list(reason.message),
        "advice": list(reason.advice),
        "action": action.code,
    }


def action_in(stored: dict[str, Any]) -> Action:
    """Return the next step of a stored reason."""
    code = stored.get("action") or action_of(stored["code"], admission_first=False).code
    return BY_CODE[code]


def reason_of(stored: dict[str, Any]) -> Reason:
    """Return a stored reason."""
    return Reason(stored["code"], stored["field"], Text(*stored["message"]), Text(*stored["advice"]))


_SHEET_ONLY = {
    "sex": frozenset({"sex", "document_number"}),
    "member_number": frozenset({"member_number", "document_number"}),
    "amount": frozenset({"shares"}),
}
"""Columns whose values no row of an order keeps, and which corrections settle what was wrong with them."""


def still_open(stored: Iterable[dict[str, Any]], edited: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return the stored reasons that a new check cannot find, since it has not the sheet any more.

    `edited`: the form's fields that were filled in anew.
    """
    done = frozenset(edited)
    return [reason for reason in stored if (by := _SHEET_ONLY.get(reason["field"])) and not by & done]


def identified(codes: Iterable[str]) -> bool:
    """Whether a row with these reason codes still says who the person is: nothing is wrong with the ID number."""
    return not any(code.startswith("id.") or code == "row.example" for code in codes)
