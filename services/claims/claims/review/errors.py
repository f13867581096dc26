"""What can be wrong with a decision."""

from common.errors import Conflict, DomainError
from common.text import Text


class SamePerson(DomainError):
    """One person may not decide two nodes of a claim, nor an own claim."""

    status = 403
    code = "claim.same_person"
    text = Text(
        "您受理、提交或办理过该案件，须由另一位同事办理当前环节。",
        "You took this claim in, made it or decided another node of it. Another colleague must decide here.",
    )


class NotYourNode(DomainError):
    """The node belongs to another role."""

    status = 403
    code = "claim.not_your_node"
    text = Text(
        "节点“{node}”由“{role}”处理，您没有该岗位；如有误请联系管理员核对。",
        "The node “{node}” is decided by “{role}”, which you are not. If that is wrong ask your administrator.",
    )


class ColleagueUnknown(DomainError):
    """There is no such staff account, or it is closed."""

    code = "task.colleague_unknown"
    text = Text(
        "没有这个工作人员账号或账号已停用，请从可改派的同事中选择。",
        "There is no such staff account, or it is closed. Choose one of the colleagues listed.",
    )


class ColleagueUnfit(DomainError):
    """The account has not the role of the node."""

    code = "task.colleague_unfit"
    text = Text(
        "该同事没有节点“{node}”的岗位，请改派给有此岗位的同事。",
        "This colleague has not the role of the node “{node}”. Choose one who has.",
    )


class ColleagueElsewhere(DomainError):
    """The account works for another branch."""

    code = "task.colleague_elsewhere"
    text = Text(
        "该案件不在这位同事的管辖范围内，请改派给管辖该单位的同事。",
        "The claim lies outside this colleague's branch. Choose one whose branch holds it.",
    )


class CoverEnded(Conflict):
    """The policy that a claim rests on was ended before the day of its case, after the claim was handed in."""

    code = "claim.cover_ended"
    text = Text(
        "保单 {number} 已于 {ended_on} 终止，事件发生在 {event_on}，当日不在保障期内；请退回或不予通过。",
        "Policy {number} ended on {ended_on}; the case is of {event_on}, when there was no cover. Return or reject it.",
    )


class NodeUnknown(DomainError):
    """The chain of the claim has no such node."""

    code = "claim.node_unknown"
    text = Text(
        "该案件的审批流程没有节点“{node}”，可选：{nodes}。",
        "The claim's chain has no node “{node}”. Its nodes: {nodes}.",
    )


class NodeNotReached(Conflict):
    """The claim waits at an earlier node."""

    code = "claim.node_not_reached"
    text = Text(
        "该案件尚未到节点“{node}”，目前在“{now}”，请待其办理后再处理。",
        "The claim has not reached the node “{node}”; it waits at “{now}”. Decide once that is done.",
    )


class ActionNotAllowed(DomainError):
    """The pack allows no such action at this node."""

    code = "claim.action_not_allowed"
    text = Text(
        "节点“{node}”不能进行此操作，可选：{possible}。",
        "This action is not possible at the node “{node}”. Possible: {possible}.",
    )


class OpinionMissing(DomainError):
    """A return or rejection needs words for the member."""

    code = "claim.opinion_missing"
    text = Text(
        "退回或拒绝时必须填写意见，会员将看到该意见。",
        "Say why when you return or reject; the member will read it.",
    )


class NothingToPay(Conflict):
    """A claim that comes to nothing cannot be approved."""

    code = "claim.nothing_to_pay"
    text = Text(
        "按规则计算的金额为零，不能同意给付；请拒绝并写明原因，或退回补正。",
        "By the rules nothing is payable, so it cannot be approved. Reject it with the reason, or return it.",
    )


class AmountChanged(Conflict):
    """The reviewer decided about another amount than the claim has now."""

    code = "claim.amount_changed"
    text = Text("案件金额已变化，请刷新后再处理。", "The amount has changed. Reload the claim, then decide.")


class ClaimTakenBack(Conflict):
    """The applicant withdrew the claim while somebody was looking at it."""

    code = "claim.taken_back"
    text = Text(
        "申请人已于 {at} 撤回该申请，无需再办理，请返回待办列表。",
        "The applicant withdrew this claim on {at}. There is nothing left to decide; go back to your list.",
    )


class TaskTaken(Conflict):
    """Somebody else has the task."""

    code = "claim.task_taken"
    text = Text(
        "该案件正由 {handler} 处理，请选择其他案件，或由主管改派。",
        "{handler} has this task. Choose another, or ask for it to be reassigned.",
    )


class MissingUnknown(DomainError):
    """A return names something that the form does not have."""

    code = "claim.missing_unknown"
    text = Text(
        "表单和材料中没有“{place}”，请从列表中选择需补正的内容。",
        "The form has no field or document “{place}”. Choose from the list what is to be corrected.",
    )
