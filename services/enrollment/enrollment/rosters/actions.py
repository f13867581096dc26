"""What to do next about a reason, for people and for screens (manual 003, 未成功投保处理; row D.07). Pure."""

from typing import NamedTuple

from common.text import Text


class Action(NamedTuple):
    """`code` is stable: a screen leads to where it is done."""

    code: str
    text: Text


CORRECT = Action("correct", Text("修改后重新校验", "Correct the value"))
REMOVE = Action("remove", Text("从名单中删除此人", "Take the person off the list"))
TRANSFER = Action("transfer", Text("办理会员调入", "Apply for the transfer to this unit"))
ADMISSION = Action("admission", Text("办理入会", "Admit the person"))
CHANGE_OF_DATA = Action("change_of_data", Text("办理会员信息变更", "Ask for a change of the member's data"))
FINISH_ORDER = Action("finish_order", Text("先完成或删除在途申请", "Finish or delete the other order first"))
LOOK_UP_COVER = Action(
    "look_up_cover", Text("查询在保情况后修改份数", "Look up the cover held, correct the shares")
)
RENEW = Action("renew", Text("到期前办理续保", "Renew before the term ends"))
ASK_CONSENT = Action(
    "ask_consent", Text("提交延迟退休证明，申请代办处同意", "Hand in papers and ask the agency")
)
DECIDE_CLAIM = Action("decide_claim", Text("待理赔办结后再办理", "Wait until the claim is decided"))
WAIT = Action("wait", Text("到龄后再参保", "Enrol the person when old enough"))

_ACTIONS = {
    "member.unknown": ADMISSION,
    "member.other_unit": TRANSFER,
    "name.mismatch": CHANGE_OF_DATA,
    "sex.mismatch": CHANGE_OF_DATA,
    "policy.in_progress": FINISH_ORDER,
    "policy.duplicate": RENEW,
    "policy.ended": REMOVE,
    "policy.claim_open": DECIDE_CLAIM,
    "shares.exceeded": LOOK_UP_COVER,
    "age.under": WAIT,
    "sex.not_eligible": REMOVE,
    "document.holder_unknown": CHANGE_OF_DATA,
    "row.duplicate": REMOVE,
    "row.example": REMOVE,
}
ALL = (
    CORRECT,
    REMOVE,
    TRANSFER,
    ADMISSION,
    CHANGE_OF_DATA,
    FINISH_ORDER,
    LOOK_UP_COVER,
    RENEW,
    ASK_CONSENT,
    DECIDE_CLAIM,
    WAIT,
)
BY_CODE = {action.code: action for action in ALL}
_OF_THE_REGISTER = ("id.checksum", "id.birthdate", "id.region")


def action_of(code: str, *, admission_first: bool, consent_possible: bool = False) -> Action:
    """Return the next step for a reason.

    `admission_first`: members stand in a register, where a wrong ID number is changed; `consent_possible`: over age,
    and the product lets the agency consent.
    """
    if code == "age.over":
        return ASK_CONSENT if consent_possible else REMOVE
    if admission_first and code in _OF_THE_REGISTER:
        return CHANGE_OF_DATA
    if not admission_first and code in ("name.mismatch", "sex.mismatch"):
        return CORRECT
    return _ACTIONS.get(code, CORRECT)
