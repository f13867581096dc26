"""Pure rules of binding: which step comes next, what remains after failures (manual 004; rows E.01, E.02)."""

from collections.abc import Sequence
from typing import Literal

from common.contracts.pack.registration import Binding as BindingRules
from common.text import Text

FACE_FAILED = Text(
    "人脸识别未通过：拍到的人脸与证件登记的照片不一致，或光线、角度不合适。还可以再试 {left} 次，"
    "请在光线充足处正对屏幕，再点“再试一次”。",
    "Your face was not recognised: it differs from the photo registered, or light or angle were not right. "
    "{left} tries are left. Look straight at the screen in good light, then try again.",
)
FACE_SPENT = Text(
    "人脸识别 {tries} 次都未通过，不能再试。可改用：{ways}。",
    "Your face was not recognised in {tries} tries. Choose another way: {ways}.",
)
FACE_PENDING = Text(
    "人脸识别还没有完成，请完成后再查看结果；这不算一次失败。",
    "The face verification is not completed. Complete it, then ask again; this is no failed try.",
)
CARD_FAILED = Text(
    "银行四要素验证未通过：姓名、证件号码、银行卡号、银行预留手机号与银行登记的不一致。还可以再试 {left} 次，"
    "请核对后再试，或联系我们。",
    "The bank did not confirm: name, document, card or the mobile known to the bank differ. {left} tries are left. "
    "Check them and try again, or contact us.",
)
CARD_SPENT = Text(
    "银行四要素验证 {tries} 次都未通过，不能再试。请联系工会办理：{contact}。",
    "The bank did not confirm in {tries} tries. Please contact your union: {contact}.",
)
REFUSED = Text(
    "工作人员没有确认您的身份：{reason}。请按原因准备后重新开始，或联系工会：{contact}。",
    "Staff did not confirm who you are: {reason}. Begin again once that is settled, or contact your union: {contact}.",
)
WAYS = {
    "bank_four_factor": Text("银行四要素验证", "the bank card check"),
    "contact": Text("联系我们（{contact}）", "contact us ({contact})"),
}
State = Literal["face", "other_ways", "bound", "ended"]
OtherWay = Literal["bank_four_factor", "contact"]
MOST_BANK_TRIES = 3
WITH_FOUR_FACTORS = frozenset({"resident_id"})
"""The banks know holders by their resident ID only."""


def first_state(rules: BindingRules, *, document_kind: str, face_kinds: frozenset[str]) -> State:
    """Return where a binding that needs a verification begins: a document the provider cannot verify goes on
    to the other ways at once.
    """
    return "face" if rules.face_verification and document_kind in face_kinds else "other_ways"


def after_failed_face(rules: BindingRules, *, failures: int) -> State:
    """Return where it stands after so many failed faces: again, or to the other ways once the tries are used."""
    return "face" if failures < rules.attempts else "other_ways"


def other_ways(rules: BindingRules, *, document_kind: str, bank_failures: int) -> tuple[OtherWay, ...]:
    """Return what is offered instead of the face: the bank's check for holders of ID cards, and always the union."""
    offered = (
        rules.fallback == "bank_four_factor"
        and document_kind in WITH_FOUR_FACTORS
        and bank_failures < MOST_BANK_TRIES
    )
    return ("bank_four_factor", "contact") if offered else ("contact",)


def face_tries_left(rules: BindingRules, *, failures: int) -> int:
    """Return how many faces may still be tried."""
    return max(rules.attempts - failures, 0)


def failed_face(rules: BindingRules, *, failures: int, ways: Sequence[OtherWay], contact: str) -> Text:
    """Return what a person is told whose face was not recognised."""
    left = face_tries_left(rules, failures=failures)
    if left:
        return FACE_FAILED.format(left=left)
    offered = [WAYS[way].format(contact=contact) for way in ways]
    return Text(
        FACE_SPENT.zh.format(tries=failures, ways="或".join(way.zh for way in offered)),
        FACE_SPENT.en.format(tries=failures, ways=" or ".join(way.en for way in offered)),
    )


def refused(reason: str, *, contact: str) -> Text:
    """Return what a person is told whose identity staff did not confirm."""
    return REFUSED.format(reason=reason.rstrip("。.；;"), contact=contact)


def failed_card(*, failures: int, contact: str) -> Text:
    """Return what a person is told whose four factors did not match."""
    left = MOST_BANK_TRIES - failures
    if left > 0:
        return CARD_FAILED.format(left=left)
    return CARD_SPENT.format(tries=failures, contact=contact)
