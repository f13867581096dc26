"""Why money goes back and to whom, in words."""

from common.text import Text

REASONS = {
    "covered_meanwhile": Text("付款期间已参保", "covered meanwhile"),
    "ended_meanwhile": Text("付款期间保障已结束", "the cover ended meanwhile"),
    "not_eligible": Text("生效之日已不符合年龄", "no longer fits by age on the first day"),
    "begun_later": Text("到账晚于预计，保障推迟开始", "paid later than expected: cover began later"),
    "removed": Text("减员退费", "left the group's cover"),
    "terminated": Text("提前终止退费", "policy ended early"),
}
PAYEES = {"unit": Text("单位", "unit"), "member": Text("参保人本人", "member")}


def reason_text(reason: str) -> str:
    """Return why a refund is owed, in the language of the request."""
    return REASONS[reason].in_language() if reason in REASONS else reason
