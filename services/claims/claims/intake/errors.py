"""What can be wrong with an application: each says what it is, and what to do."""

from common.errors import Conflict, DomainError, NotFound
from common.text import Text

from .rules.names import NOT_THE_PERSONS


class ClaimClosed(Conflict):
    """The applicant can no longer change the claim."""

    code = "claim.closed"
    text = Text(
        "该申请已提交或已办结，不能再修改；如需更正请联系经办人退回。",
        "The claim has been handed in or decided and cannot be changed. Ask the office to return it.",
    )


class ClaimNotInReview(Conflict):
    """The claim does not wait at the node that the decision names."""

    code = "claim.node_passed"
    text = Text(
        "该案件已不在此节点，可能已由他人处理，请刷新待办列表。",
        "The claim no longer waits at this node; somebody may have decided it. Refresh your list.",
    )


class ClaimNotPayable(Conflict):
    """A payment is reported for a claim that was not approved."""

    code = "claim.not_payable"
    text = Text(
        "该案件未处于待给付状态，请刷新后核对。", "The claim is not waiting for payment. Refresh and check."
    )


class KindUnknown(DomainError):
    """The tenant has no such kind of claim, or the caller cannot open it."""

    code = "claim.kind_unknown"
    text = Text(
        "没有可在此申请的理赔类型“{kind}”，请从申请页面重新选择。",
        "There is no kind of claim “{kind}” that you can open here. Choose one from the page.",
    )


class NoCover(DomainError):
    """The person has no policy that this kind of claim could be about."""

    code = "claim.no_policy"
    text = Text(
        "没有查到您在该项目下的保单。若单位刚缴费，请稍后再试；否则请联系单位经办人。",
        "There is no policy of yours for this. If your unit has just paid, try again shortly; else ask your unit.",
    )


class PersonNotFound(DomainError):
    """No person of the union has this document and this name together."""

    code = "claim.person_not_found"
    text = Text(
        "没有查到姓名与证件号码相符的被保障人，请核对后重填；刚参保的请稍后再试。",
        "Nobody here has this name and document number together. Check both; if just enrolled, try again shortly.",
    )


class MemberNotCovered(DomainError):
    """Staff asks about somebody who has no policy that this kind of claim could be about."""

    code = "claim.no_policy"
    text = Text(
        "没有查到此证件号码的会员在该项目下的保单，请核对号码和项目；单位刚缴费的请稍后再试。",
        "Nobody with this number has a policy for this. Check both; if the unit has just paid, try again shortly.",
    )


class DocumentNumberWrong(DomainError):
    """The document number cannot be right; what is wrong with it stands in `errors`."""

    code = "claim.document_number_wrong"
    text = Text("证件号码有误，请按提示核对。", "The document number cannot be right. Check it as told.")


class InvitedAlready(Conflict):
    """The person has been told of such a claim, and it waits for the papers."""

    code = "claim.invited_already"
    text = Text(
        "该会员的此类申请 {number} 已于 {on} 通知本人，尚待上传材料，无需再次通知；如需补充请打开该申请。",
        "The member was told of the application {number} on {on} and it waits for the papers. Open that one instead.",
    )


class EventClaimedAlready(Conflict):
    """The person's claim of this kind about this day is under way or decided."""

    code = "claim.event_claimed_already"
    text = Text(
        "该会员 {day} 的此类申请 {number} 已在办理或已办结，不能重复受理。",
        "The member's application {number} about {day} is under way or decided. It cannot be opened again.",
    )


class BehalfOfOneself(DomainError):
    """Somebody who applies for another names themselves."""

    code = "claim.on_behalf_of_oneself"
    text = Text(
        "您填写的是本人的姓名和证件号码，请改选“本人申请”。",
        "You have named yourself. Choose to apply for yourself.",
    )


class TakenInFuture(DomainError):
    """The counter says that the person stood there at a time to come."""

    code = "claim.taken_in_future"
    text = Text(
        "受理时间 {at} 晚于现在，请校准柜台设备的时钟后重新同步，已录入的内容仍保存在本机。",
        "The time of receipt {at} has not come. Set the device's clock and sync again; what was entered is kept.",
    )


class BehalfNotPossible(DomainError):
    """The kind of claim cannot be applied for by this person on behalf of another."""

    code = "claim.on_behalf_not_possible"
    text = Text(
        "该事项不支持由此关系的人代为申请，请由本人申请{relations}。",
        "This cannot be applied for by such a relation. The person applies{relations}.",
    )


class ConsentMissing(DomainError):
    """Somebody applies for another without stating their consent."""

    code = "claim.consent_missing"
    text = Text(
        "代人申请须确认：{consent}。",
        "To apply for another, confirm: {consent}.",
    )


class CardNotRead(DomainError):
    """The paper that is to name the card is not of this application, or no card number was read on it."""

    code = "payee.card_not_read"
    text = Text(
        "这份材料上没有读出可用的银行卡号，请在“收款银行卡”处手工填写，或换一张清楚的银行卡照片。",
        "No usable card number was read on this paper. Type the number, or upload a clearer picture of the card.",
    )


class KindTakesNoPayee(DomainError):
    """The kind of claim pays the insured person only."""

    code = "claim.payee_is_the_insured"
    text = Text(
        "该事项只支付给被保障人本人，请填写本人的银行卡。",
        "This is paid to the insured person only. Enter the person's own card.",
    )


class ClaimIdTaken(Conflict):
    """The id that the client made belongs to another application."""

    code = "claim.id_taken"
    text = Text(
        "该申请编号已被使用，请重新生成后再同步。", "This id belongs to another application. Make a new one."
    )


class NotAtTheCounter(DomainError):
    """Staff may work only on applications that were taken at the counter or opened for the member."""

    status = 403
    code = "claim.not_at_the_counter"
    text = Text(
        "该申请由会员自行填写，工作人员不能代为修改；可退回并写明需补正的内容。",
        "The member fills this application in. Staff cannot change it; return it and say what is missing.",
    )


class StayUnknown(NotFound):
    """The application has no such stay."""

    code = "claim.stay_unknown"
    text = Text("申请中没有第 {stay} 次住院。", "The application has no stay {stay}.")


class DocumentOfSomebodyElse(DomainError):
    """The document was uploaded by another account and belongs to another person."""

    status = 403
    code = "claim.document_of_somebody_else"
    text = Text(
        "所交的第 {number} 份材料{title}不是您上传的，请自行上传后再申请。",
        "Document no. {number}{title} of those handed in was not uploaded by you. Upload your own.",
    )


class DocumentRuleUnknown(DomainError):
    """The kind of claim asks for no such document."""

    code = "claim.document_rule_unknown"
    text = Text("该理赔类型不需要材料“{rule}”。", "This kind of claim asks for no document “{rule}”.")


class TooManyDocuments(DomainError):
    """More files of one document than the pack allows."""

    code = "claim.too_many_documents"
    text = Text("材料“{rule}”最多上传 {most} 个文件。", "At most {most} files of the document “{rule}”.")


class FieldsInvalid(DomainError):
    """Typed values that the form does not accept; each stands in `errors`."""

    code = "claim.fields_invalid"
    text = Text("有内容填写不正确，请按提示修改。", "Some values are not right. Correct them as told.")


class ClaimRefused(DomainError):
    """The application cannot be handed in yet; every reason stands in `errors`."""

    code = "claim.refused"
    text = Text(
        "申请暂不能提交，请按所列原因逐项处理后再提交；已填内容已保留。",
        "The claim cannot be handed in yet. Deal with each reason listed; what you entered is kept.",
    )


class ReceiptOfAnotherPerson(ClaimRefused):
    """The name on a paper is not the insured person's."""

    code = "claim.receipt_of_another_person"
    text = NOT_THE_PERSONS


class DuplicateReceipt(ClaimRefused):
    """The receipt or picture stands in another claim already."""

    code = "claim.receipt_already_claimed"
    text = Text(
        "票据已在其他理赔申请中使用，不能重复申请。",
        "A receipt has been used in another claim and cannot be claimed twice.",
    )


class NotCovered(ClaimRefused):
    """No cover on the day of the event."""

    code = "claim.not_covered"
    text = Text(
        "出险（入院）当日没有有效保障，不能申请。",
        "There was no cover on the day of the event (admission).",
    )


class CardInvalid(DomainError):
    """The new bank card's number cannot be right."""

    code = "claim.card_invalid"
    text = Text("银行卡号不正确，请按提示修改。", "The bank card number is not right.")
