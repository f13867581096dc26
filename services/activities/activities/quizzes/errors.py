"""What quizzes refuse."""

from common.errors import Conflict, DomainError
from common.text import Text


class QuizNotPassed(Conflict):
    """The quiz comes before the reward."""

    code = "quiz.not_passed"
    text = Text("请先答题，通过后即可领取。", "Pass the quiz first; then it is yours.")


class QuizInvalid(DomainError):
    """Questions that make no sense; `errors` name them."""

    code = "quiz.invalid"
    text = Text("题目设置有误，请按提示修改。", "The quiz is wrong. Correct it as shown.")


class QuizMissing(Conflict):
    """The campaign asks nothing."""

    code = "quiz.none"
    text = Text("本活动没有答题，可直接参加。", "This campaign has no quiz. Take part at once.")


class QuizAlreadyPassed(Conflict):
    """Once passed is passed: nobody answers again."""

    code = "quiz.already_passed"
    text = Text("您已通过答题，无需再答，可直接领取。", "You have passed; no need to answer again.")


class QuizAttemptsUsed(Conflict):
    """All attempts failed."""

    code = "quiz.attempts_used"
    text = Text(
        "您的 {attempts} 次答题机会已用完，请看看其他活动。",
        "Your {attempts} attempts are used up. Have a look at the other campaigns.",
    )


class QuizFinishedAlready(Conflict):
    """The attempt is over."""

    code = "quiz.finished"
    text = Text("本次答题已结束，不能再提交。", "This attempt is over; no more answers are taken.")


class QuizOtherPage(Conflict):
    """Another page or phone has taken the attempt over."""

    code = "quiz.other_page"
    text = Text(
        "答题已在另一页面继续，请在那里作答，或在此重新进入。",
        "The quiz goes on in another window. Answer there, or enter again here.",
    )


class QuizAlreadyAnswered(Conflict):
    """The question was answered before, or its time ran out."""

    code = "quiz.already_answered"
    text = Text(
        "第 {number} 题已提交，不能修改，请继续作答下一题。",
        "Question {number} is answered and cannot change. Go on with the next.",
    )


class QuizNotAskedYet(Conflict):
    """Questions come one after the other."""

    code = "quiz.not_asked_yet"
    text = Text(
        "还没有到第 {number} 题，请按顺序作答。", "Question {number} has not come yet. Answer in order."
    )


class QuizTooLate(Conflict):
    """The answer came after the question's time."""

    code = "quiz.too_late"
    text = Text(
        "第 {number} 题已超过 {seconds} 秒，按超时前已选的答案计，未选算错；请继续下一题。",
        "Question {number} took more than {seconds} seconds: what was chosen in time counts, nothing chosen is "
        "wrong. Go on with the next.",
    )


class QuizChoiceInvalid(DomainError):
    """An option that the question does not have, or too many of them."""

    code = "quiz.choice_invalid"
    text = Text("所选答案不在选项中，请重新选择。", "What was chosen is not among the options. Choose again.")
