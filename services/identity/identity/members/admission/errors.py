"""Refusals around admission."""

from common.errors import Conflict, DomainError
from common.text import Text


class AdmissionNotOffered(DomainError):
    """The union's rosters make people; nobody is admitted first."""

    status = 403
    code = "admission.not_offered"
    text = Text(
        "本工会由参保花名册登记会员，不单独办理入会。",
        "Your union registers members by its rosters; there is no separate admission.",
    )


class UnitNotApproved(Conflict):
    """Members are admitted into approved units only."""

    code = "admission.unit_not_approved"
    text = Text(
        "该单位尚未审核通过，不能办理入会。", "The unit is not approved yet; nobody can be admitted into it."
    )


class UnitNeeded(DomainError):
    """Staff did not say into which unit."""

    code = "admission.unit_needed"
    text = Text("请选择要入会的单位。", "Say into which unit the person is admitted.")


class SearchUnknown(DomainError):
    """The search was made by somebody else, or too long ago."""

    status = 404
    code = "admission.search_unknown"
    text = Text(
        "查询结果已失效，请重新搜索后再操作。", "The search is no longer there. Search again, then repeat."
    )


class SearchChanged(Conflict):
    """What the search finds now is not what was shown."""

    code = "admission.search_changed"
    text = Text(
        "查询结果已变化：显示时{shown}人，现在{now}人，其中有人的信息可能已被修改。请重新搜索并核对后再操作。",
        "The result has changed: {shown} people were shown, there are {now} now. Search again and check.",
    )


class SearchEmpty(DomainError):
    """The search found nobody."""

    code = "admission.search_nobody"
    text = Text("查询结果中没有人员。", "The search found nobody.")


class NotReportable(Conflict):
    """Some persons of the result are in a state from which nobody is reported."""

    code = "admission.not_reportable"
    text = Text(
        "结果中有{count}人不是“新建”或“打回”状态，请按状态筛选后再上报。",
        "{count} people are neither new nor returned. Filter by state, then report.",
    )


class ConsentMissing(Conflict):
    """Some persons over age wait for the agency's consent, or were refused it."""

    code = "admission.consent_missing"
    text = Text(
        "结果中有{count}名超龄人员未经代办处同意，请待同意后再上报，或先从结果中排除。",
        "{count} people over age lack the agency's consent. Wait for it, or leave them out.",
    )


class NotDeletable(Conflict):
    """Some persons of the result may not be deleted."""

    code = "admission.not_deletable"
    text = Text(
        "结果中有{count}人不是“新建”或“打回”状态，不能全部删除，请按状态筛选后再操作。",
        "{count} people are neither new nor returned and can't be deleted. Filter by state first.",
    )


class WordsWrong(DomainError):
    """The confirming words were not typed."""

    code = "admission.words_wrong"
    text = Text("请输入“全部删除”四个字以确认。", "Type the words 全部删除 to confirm.")


class HasAccount(Conflict):
    """The person uses an app account; what belongs to it would lose its owner."""

    code = "admission.has_account"
    text = Text(
        "该会员已绑定手机端账号，不能删除；请本人先解除绑定。",
        "The member has an app account and can't be deleted; they have to unbind it first.",
    )


class NotYourNode(DomainError):
    """The caller lacks the role of the node that the persons wait at."""

    status = 403
    code = "admission.not_your_node"
    text = Text("结果中有{count}人不在您的办理节点。", "{count} people do not wait at a node of yours.")


class NotReported(Conflict):
    """Some persons of the result were not reported."""

    code = "admission.not_reported"
    text = Text(
        "结果中有{count}人不是“上报”状态，请按状态筛选后再处理。",
        "{count} people are not in the state reported. Filter by state first.",
    )


class SamePerson(DomainError):
    """Who entered or reported may not decide."""

    status = 403
    code = "admission.same_person"
    text = Text(
        "不能审批自己录入或上报的人员，请由另一位工作人员处理。",
        "You can't decide on your own entry. Ask a colleague.",
    )


class ConsentNotYours(DomainError):
    """The consent is given by another role."""

    status = 403
    code = "admission.consent_not_yours"
    text = Text(
        "超龄入会须由代办处审核同意。", "The consent to an admission over age is given by the agency."
    )
