"""Refusals around requests about members."""

from common.errors import Conflict, DomainError
from common.text import Text


class RequestClosed(Conflict):
    """The request was decided, withdrawn, or waits for somebody else."""

    code = "member_request.closed"
    text = Text(
        "该申请当前不能修改或上报（已上报、已办结或已撤回），请刷新后查看。",
        "The request can't be changed or handed in now. Refresh and look at its state.",
    )


class RequestNotInReview(Conflict):
    """Only a request in review can be decided."""

    code = "member_request.not_in_review"
    text = Text(
        "该申请当前不在审批中，请刷新后查看。", "The request is not in review. Refresh and look again."
    )


class RequestOpen(Conflict):
    """The member has such a request already."""

    code = "member_request.open"
    text = Text(
        "该会员有同类申请正在办理，请待其办结或撤回后再提交。",
        "There is such a request for this member already. Wait until it is decided, or withdraw it.",
    )


class NothingChanges(DomainError):
    """The request would change nothing."""

    code = "member_request.nothing_changes"
    text = Text(
        "新的姓名和证件号码与现有登记相同，无需变更。",
        "Name and number are those registered already.",
    )


class NotAMember(Conflict):
    """The person was not confirmed, or has left."""

    code = "member_request.not_a_member"
    text = Text(
        "该人员尚未确认入会或已退会；新建、打回状态的请直接修改，其他请先办理入会。",
        "The person is not confirmed or has left. Edit a new entry directly; otherwise admit the person first.",
    )


class MemberNotFound(DomainError):
    """No member has this number."""

    status = 404
    code = "member.unknown"
    text = Text(
        "查无此会员，请核对证件号码或会员编号；没有入过会的请先办理入会。",
        "There is no such member. Check the number; admit the person first if they never were a member.",
    )


class LookupNeedsNumber(DomainError):
    """Neither number was given."""

    code = "member_request.number_needed"
    text = Text("请填写证件号码或会员编号。", "Enter a document number or a member number.")


class SameUnit(DomainError):
    """The member is in that unit already."""

    code = "member_request.same_unit"
    text = Text("该会员已在该单位，无需调动。", "The member is in that unit already.")


class NotYourMember(DomainError):
    """Neither the unit the member is in nor the one they go to is the caller's."""

    status = 403
    code = "member_request.not_your_member"
    text = Text(
        "只能办理调入本单位或从本单位调出。", "You can ask for transfers into or out of your own unit only."
    )


class NotYourNode(DomainError):
    """The request waits for somebody else: `node` and `whose` say where and for whom."""

    status = 403
    code = "member_request.not_your_node"
    text = Text(
        "该申请正在“{node_zh}”节点，由{whose_zh}办理，请联系其处理。",
        "The request waits at “{node_en}” for {whose_en}. Ask them to decide it.",
    )


class SamePerson(DomainError):
    """The node wants other eyes."""

    status = 403
    code = "member_request.same_person"
    text = Text(
        "不能审批自己提交或经办过的申请，请由另一位工作人员处理。",
        "You can't decide on what you handed in or handled. Ask a colleague.",
    )


class OutcomeNotOffered(DomainError):
    """The node may not return or reject."""

    code = "member_request.outcome_not_offered"
    text = Text("该节点不能作此处理。", "This node can't decide so.")


class DocumentTaken(Conflict):
    """Another member carries the new number."""

    code = "member.document_taken"
    text = Text(
        "新的证件号码已登记在另一名会员名下，请核对；确属重复登记的请联系信息部。",
        "The new number belongs to another member. Check it; ask the office about double entries.",
    )


class MemberMoved(Conflict):
    """The member is not where the request found them."""

    code = "member_request.member_moved"
    text = Text(
        "该会员的单位或状态在申请后已变化，请退回申请人重新提交。",
        "The member's unit or state has changed since. Return the request so that it is made anew.",
    )
