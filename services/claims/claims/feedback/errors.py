"""What can be wrong with a feedback."""

from common.errors import Conflict
from common.text import Text


class NotPaidYet(Conflict):
    """Feedback comes after the payout."""

    code = "feedback.not_paid"
    text = Text("款项到账后即可评价。", "You can say how it went once the money has arrived.")


class FeedbackGivenAlready(Conflict):
    """One claim has one feedback."""

    code = "feedback.given_already"
    text = Text("您已评价过该申请，感谢您的反馈。", "You have said how it went already. Thank you.")
