"""What can be refused about consents."""

from common.errors import Conflict, DomainError
from common.text import Text


class ConsentDecided(Conflict):
    """Somebody decided already."""

    code = "consent.decided"
    text = Text("这项申请已经办理，请刷新后查看。", "This was decided already. Refresh and look again.")


class ConsentGiven(Conflict):
    """The consent is asked for or given already."""

    code = "consent.exists"
    text = Text(
        "此人的超龄申请已提交或已同意。", "The consent for this person is asked for or given already."
    )


class ConsentNotNeeded(DomainError):
    """The person is not over age."""

    code = "consent.not_needed"
    text = Text(
        "此人没有超龄，不需要代办处同意。请按列出的原因修改。",
        "The person is not over age. Correct what the reasons name.",
    )


class NeverCovered(DomainError):
    """The person has passed the absolute limit."""

    code = "consent.never"
    text = Text(
        "超过{limit}周岁的人员不能参保，代办处也不能同意。请从名单中删除此人。",
        "Nobody above {limit} can be covered, with or without consent. Take the person off the list.",
    )


class ConsentNotOffered(DomainError):
    """The product has no exception for people over age."""

    code = "consent.not_offered"
    text = Text("该项目不接受超龄人员。", "This product makes no exception for people over age.")


class PapersMissing(DomainError):
    """Papers that the product asks for are missing."""

    code = "consent.papers_missing"
    text = Text(
        "请上传材料：{papers}（pdf、jpg 或 png）。", "Upload these papers: {papers} (pdf, jpg or png)."
    )


class AskedByYou(DomainError):
    """Who asked for a consent does not grant it, by whichever of their accounts."""

    status = 403
    code = "consent.asked_by_you"
    text = Text(
        "该同意由您本人提出申请，须由另一人审批。",
        "You asked for this consent yourself: another person has to decide.",
    )
