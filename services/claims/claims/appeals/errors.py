"""What can be wrong with an appeal or a complaint."""

from common.errors import Conflict, DomainError
from common.text import Text

from ..review.errors import SamePerson


class AppealClosed(Conflict):
    """It was answered or withdrawn."""

    code = "appeal.closed"
    text = Text("该申诉已答复或已撤回。", "It has been answered or withdrawn.")


class NothingToAppeal(Conflict):
    """Only a claim that was refused can be appealed against."""

    code = "appeal.nothing_refused"
    text = Text(
        "仅可对未通过的申请提出申诉；对办理过程有意见请提交投诉。",
        "Only a refused claim can be appealed against. About how it was handled, send a complaint.",
    )


class AppealTooLate(DomainError):
    """The time to appeal is over."""

    code = "appeal.too_late"
    text = Text(
        "申诉期限为决定作出后 {days} 天，已于 {until} 截止；如有特殊情况请提交投诉。",
        "Appeals are possible within {days} days of the decision, until {until}. You may send a complaint.",
    )


class AppealOpen(Conflict):
    """There is one already that is not yet answered."""

    code = "appeal.open_already"
    text = Text(
        "您已提交过，将于 {due_on} 前答复，请勿重复提交。",
        "There is one already; it will be answered by {due_on}.",
    )


class NotSubmitted(Conflict):
    """A complaint is about a claim that was handed in."""

    code = "appeal.not_submitted"
    text = Text("申请尚未提交，不能投诉。", "The application has not been handed in yet.")


class AppealsNotOffered(DomainError):
    """The union's pack names nobody who answers appeals."""

    code = "appeal.not_offered"
    text = Text(
        "本工会未开通线上申诉，请致电服务热线。", "Your union takes no appeals online. Call its hotline."
    )


class CannotReopen(Conflict):
    """The claim cannot be looked at again: each reason stands in `errors`."""

    code = "appeal.cannot_reopen"
    text = Text(
        "该申请无法重新审核（例如票据已用于其他申请），请先处理所列问题，或驳回申诉并说明。",
        "The claim cannot be looked at again, for example because its receipt is used elsewhere. See the reasons.",
    )


class OwnAppeal(SamePerson):
    """Nobody answers an appeal about a claim of their own, or that they handed in."""

    text = Text(
        "该案件是您本人的或由您提交，须由另一位同事答复。",
        "The claim is your own or you handed it in. Another colleague must answer.",
    )


class DecidedBefore(SamePerson):
    """Whoever decided the claim, or answered the appeal at a node before, does not answer it."""

    text = Text(
        "您已办理过该案件或答复过该申诉的其他环节，须由另一位没有办过的同事答复。",
        "You have decided this claim, or answered at another node. A colleague who has not must answer.",
    )
