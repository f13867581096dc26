"""What can be refused about terminations."""

from common.errors import Conflict, DomainError
from common.text import Text


class TerminationNotOffered(DomainError):
    """The union has no chain for it."""

    status = 404
    code = "termination.not_offered"
    text = Text("本工会不办理保单提前终止，请联系工会。", "This union ends no cover early. Ask the union.")


class PoliciesMissing(DomainError):
    """A request names no policy."""

    code = "termination.policies_missing"
    text = Text("请选择要终止的保单。", "Choose the policies to end.")


class ScansMissing(DomainError):
    """A request is submitted without its signed form."""

    code = "termination.scans_missing"
    text = Text("请上传签字盖章的终止申请表。", "Upload the signed and stamped form of the termination.")


class PoliciesUnknown(DomainError):
    """Policies that the caller does not see, or of several units."""

    code = "termination.policies_unknown"
    text = Text(
        "有 {count} 张保单不存在或不属于同一单位，请重新查询后选择。",
        "{count} policies are not there or not of one unit. Search and choose again.",
    )


class PoliciesNotInForce(Conflict):
    """Policies that have ended, or end no later than the last day asked for."""

    code = "termination.not_in_force"
    text = Text(
        "以下保单已终止，或在所填的最后保障日当天或之前已经到期，不能提前终止：{numbers}。请核对保单和最后保障日。",
        "These policies have ended, or end no later than the last day asked for: {numbers}. Check them and the day.",
    )


class PoliciesRequested(Conflict):
    """Policies that stand on another request."""

    code = "termination.requested"
    text = Text(
        "以下保单已有终止申请在办理：{numbers}。", "A termination of these policies is under way: {numbers}."
    )


class ClaimsUndecided(Conflict):
    """Claims under policies that are to end are not decided yet: what comes back depends on them."""

    code = "termination.claims_undecided"
    text = Text(
        "以下理赔尚未办结：{claims}。本产品给付待遇后不退费，请待理赔办结（或申请人撤回）后再审批终止申请。",
        "These claims are not decided yet: {claims}. After a benefit this product gives nothing back: decide them "
        "first, or let them be withdrawn, then approve.",
    )


class LastDayWrong(DomainError):
    """The last day of cover lies in the past or behind the end of the term."""

    code = "termination.last_day"
    text = Text(
        "终止日期 {day} 不正确：不能早于今天，且须早于保单到期日。",
        "The last day {day} is not possible: not before today, and before the policies end.",
    )


class NothingToEnd(Conflict):
    """A request without policies."""

    code = "termination.empty"
    text = Text("申请中没有保单，请先选择要终止的保单。", "The request has no policies. Choose some first.")


class TerminationStateWrong(Conflict):
    """The request's state does not allow this."""

    code = "termination.wrong_state"
    text = Text(
        "终止申请当前状态为“{state_zh}”，不能进行此操作。请刷新后查看。",
        "The request is {state_en}: this cannot be done now. Refresh and look again.",
    )


class DecisionNotAllowed(Conflict):
    """The chain does not let this node return or reject."""

    code = "termination.decision_not_allowed"
    text = Text(
        "“{node_zh}”环节不能作出此决定，请选择其他处理方式。",
        "The step {node_en} cannot decide this way. Choose another decision.",
    )
