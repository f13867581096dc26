"""What can be refused about an order."""

from common.errors import Conflict, DomainError
from common.text import Text


class ProductUnknown(DomainError):
    """The union offers no product of this code to units."""

    status = 404
    code = "product.unknown"
    text = Text(
        "没有参保项目 {product}，或它目前不开放单位参保。请从项目列表中选择。",
        "There is no product {product} that units can order now. Choose one from the list.",
    )


class UnitRequired(DomainError):
    """Only a unit's handler can make an order."""

    status = 403
    code = "order.unit_required"
    text = Text(
        "只有单位经办人可以办理参保申请，请用单位账号登录。",
        "Only a unit's handler can enrol people. Sign in with the unit's account.",
    )


class UnitNotApproved(Conflict):
    """The unit's profile has not been approved (yet)."""

    code = "order.unit_not_approved"
    text = Text(
        "单位资料尚未审核通过，不能提交参保申请。请先完善单位信息并等待审核。",
        "The unit's profile is not approved yet. Complete it and wait for the review.",
    )


class OrderStateWrong(Conflict):
    """The order's state does not allow this."""

    code = "order.wrong_state"
    text = Text(
        "参保申请当前状态为“{state_zh}”，不能进行此操作。请刷新后查看。",
        "The order's state is “{state_en}”: this cannot be done now. Refresh and look again.",
    )


class AlreadyDone(Conflict):
    """The caller has done this already: the same click arrived twice."""

    code = "order.already_done"
    text = Text(
        "您已{action_zh}成功，无需重复操作；申请当前状态为“{state_zh}”。",
        "You have {action_en} this already; nothing more is to be done. The order's state is “{state_en}”.",
    )


class BeingSubmitted(Conflict):
    """A colleague has asked for the order's submission, and that is under way."""

    code = "order.being_submitted"
    text = Text(
        "同事已提交这笔申请，后台正在逐批复核，请稍候查看结果。",
        "A colleague has submitted this order already; its people are being checked. Look again in a while.",
    )


class ChangedMeanwhile(Conflict):
    """An order was changed after its submission was asked for."""

    code = "order.changed_meanwhile"
    text = Text(
        "申请在提交排队期间被修改过，未提交。请核对人员和金额后重新提交。",
        "The order was changed while its submission waited, so it was not handed in. Check its people and amount, then "
        "submit it again.",
    )


class NobodyInsurable(Conflict):
    """The order has nobody who can be covered."""

    code = "order.nobody_insurable"
    text = Text(
        "参保申请中没有可参保人员。请上传花名册或添加人员后再提交。",
        "Nobody on the order can be covered. Upload a roster or add people, then submit.",
    )


class NotInsurablePeopleLeft(Conflict):
    """People who cannot be covered are still on the order, and the caller did not say to leave them out."""

    code = "order.not_insurable_left"
    text = Text(
        "还有 {count} 名不可参保人员。请导出修改后重新上传，或将其删除，或选择“不含不可参保人员提交”。",
        "{count} people cannot be covered. Correct and upload them again, delete them, or submit without them.",
    )


class RegisterChanged(Conflict):
    """Since they were checked, some people got covered, stand on another order, or no longer fit."""

    code = "order.register_changed"
    text = Text(
        "有 {count} 人在校验之后情况有变（已参保、在其他申请中办理，或年龄、会员、单位已不符合）。"
        "请点击“重新校验”查看原因后再提交。",
        "Since the check {count} people were covered or put on another order, or no longer fit (age, member, unit). "
        "Check again, then submit.",
    )


class StartNotAllowed(DomainError):
    """The requested first day of cover is not possible."""

    code = "order.start_not_allowed"
    text = Text(
        "不能指定这个生效日期：该项目{rule_zh}。请修改生效日期。",
        "This first day of cover is not possible: {rule_en}. Change it.",
    )


class NotYourNode(DomainError):
    """The step belongs to another role."""

    status = 403
    code = "order.other_role"
    text = Text(
        "当前环节“{node_zh}”由其他岗位办理，请联系相应人员。",
        "The step {node_en} belongs to another role. Ask whoever holds it.",
    )


class FourEyes(DomainError):
    """The same person may not do both steps."""

    status = 403
    code = "order.four_eyes"
    text = Text(
        "“{node_zh}”须由另一人办理：您已办理过这笔申请的前一环节。",
        "{node_en} needs another person: you did an earlier step of this order.",
    )


class ReturnNotAllowed(Conflict):
    """The chain does not let this step return an order."""

    code = "order.return_not_allowed"
    text = Text(
        "“{node_zh}”环节不能退回，请通过或联系管理员。",
        "The step {node_en} cannot return an order. Pass it or ask your administrator.",
    )


class TooManyOrders(Conflict):
    """All order numbers of this second are used."""

    code = "order.number_exhausted"
    text = Text("此刻申请过多，请稍等一秒再试。", "Too many orders at this moment. Try again in a second.")


class EmployeesMissing(DomainError):
    """The product asks how many employees the unit has."""

    code = "order.employees_missing"
    text = Text(
        "该项目有参保比例要求，请填写单位职工总人数。",
        "This product has a participation rule: enter how many employees the unit has.",
    )


class EmployeesTooFew(DomainError):
    """More people are covered than the unit says that it has."""

    code = "order.employees_too_few"
    text = Text(
        "单位职工总人数填写为 {employees} 人，少于参保的 {covered} 人（本次及在保）。请核对后填写全部职工人数。",
        "{employees} employees are fewer than the {covered} people covered in all: enter all employees.",
    )


class ParticipationTooLow(Conflict):
    """Too few of the unit's employees would be covered."""

    code = "order.participation_low"
    text = Text(
        "参保人数不足：单位职工 {employees} 人，至少须有 {needed} 人参保，本次及在保共 {covered} 人。请增加参保人员。",
        "Too few people: of {employees} employees {needed} must be covered, {covered} would be. Add people.",
    )


class HealthDeclarationMissing(DomainError):
    """The product's health declaration, in its present version, was not confirmed."""

    code = "order.health_declaration"
    text = Text(
        "请阅读并确认健康告知（第 {version} 版）后再提交。",
        "Read and confirm the health declaration (version {version}), then submit.",
    )


class UnitUnknown(DomainError):
    """The unit is not there, or not in the caller's part of the organisation."""

    status = 404
    code = "order.unit_unknown"
    text = Text("没有这个单位，或不在您的管辖范围。", "There is no such unit, or it is not yours to act for.")


class SearchChanged(Conflict):
    """What is to be reported is not what was shown."""

    code = "order.search_changed"
    text = Text(
        "查询结果已变化：现有 {orders} 笔、{people} 人、{amount} 元。请重新汇总金额，核对后再上报。",
        "The result has changed: {orders} orders, {people} people, {amount} yuan now. Look again, then report.",
    )


class NothingFound(DomainError):
    """A search that is to be reported, passed or returned finds nothing."""

    code = "order.nothing_found"
    text = Text(
        "没有符合查询条件的参保申请，未办理任何申请。请修改查询条件后重新查询。",
        "No order matches this search, so nothing was done. Change the search and look again.",
    )


class TooManyFound(DomainError):
    """More orders than one report takes."""

    code = "order.too_many_found"
    text = Text(
        "一次最多上报 {limit} 笔申请，请缩小查询范围。",
        "At most {limit} orders at a time: narrow the search.",
    )


class EverybodyReturned(DomainError):
    """All people of an order are to go back: that is the order itself."""

    code = "order.return_it_whole"
    text = Text(
        "选中的是全部人员，请直接退回整笔申请。", "These are all of its people: return the order as a whole."
    )
