"""What can be refused about an individual application."""

from common.errors import Conflict, DomainError
from common.text import Text


class MemberRequired(DomainError):
    """Only a member applies for cover of their own."""

    status = 403
    code = "application.member_required"
    text = Text(
        "只有会员本人可以申请，请用会员账号登录并完成身份绑定。",
        "Only a member can apply. Sign in as a member and bind your identity.",
    )


class PersonUnknown(Conflict):
    """The register has not told this person here (yet), or not as a member of a unit."""

    code = "application.member_unknown"
    text = Text(
        "会员名册中没有您在本单位的有效会籍，请先由所在单位办理入会，或稍后再试。",
        "The register has no confirmed membership of yours in a unit. Ask your unit to admit you, or try again soon.",
    )


class ProductNotOffered(DomainError):
    """Members cannot apply for this product alone, or not today."""

    status = 404
    code = "application.product_unknown"
    text = Text(
        "没有可由个人申请的项目 {product}，或它目前不开放申请。请从项目列表中选择。",
        "There is no product {product} that members can apply for now. Choose one from the list.",
    )


class NotEligible(DomainError):
    """The product is not for this person; `errors` name every rule."""

    code = "application.not_eligible"
    text = Text("您不符合该项目的参保条件：{rules_zh}", "You cannot join this product: {rules_en}")


class AnswersInvalid(DomainError):
    """Answers do not fit their fields, or required ones are missing; `errors` name each field."""

    code = "application.answers_invalid"
    text = Text("表单填写有误，请按提示修改。", "The form has faults. Correct the fields that are named.")


class AlreadyUnderWay(Conflict):
    """The person has applied for this product already."""

    code = "application.in_progress"
    text = Text(
        "您已有一份该项目的申请 {number} 正在办理，请在“我的申请”中查看。",
        "Your application {number} for this product is under way. See it under my applications.",
    )


class ApplicationStateWrong(Conflict):
    """The application's state does not allow this."""

    code = "application.wrong_state"
    text = Text(
        "申请当前状态为“{state_zh}”，不能进行此操作。请刷新后查看。",
        "The application is {state_en}: this cannot be done now. Refresh and look again.",
    )


class DecisionNotAllowed(Conflict):
    """The chain does not let this node return or reject."""

    code = "application.decision_not_allowed"
    text = Text(
        "“{node_zh}”环节不能作出此决定，请选择其他处理方式。",
        "The step {node_en} cannot decide this way. Choose another decision.",
    )
