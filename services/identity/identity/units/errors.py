"""Refusals around units."""

from common.errors import Conflict, DomainError
from common.text import Text


class UnitAlreadyRegistered(Conflict):
    """The credit code belongs to a registered unit."""

    code = "unit.already_registered"
    text = Text(
        "该统一社会信用代码已经注册，请用注册时的手机号登录；如经办人已更换，请联系工会。",
        "This credit code is registered already. Sign in with the mobile it was registered with, or ask your union.",
    )


class UnitJustRegistered(Conflict):
    """The same registration came before and was carried out."""

    code = "unit.registered"
    text = Text(
        "该单位已用此手机号注册成功，无需重复提交，请用短信验证码登录。",
        "This unit is registered with this mobile already. There is no need to send it again; sign in by SMS.",
    )


class UnitAlreadyApproved(Conflict):
    """After approval only the back office changes the profile."""

    code = "unit.already_approved"
    text = Text(
        "单位资料已审核通过，不能自行修改；如需修改请联系工会后台工作人员。",
        "The profile is approved and can no longer be changed here. Ask your union's staff to change it.",
    )


class UnitNotUnderReview(Conflict):
    """Only a profile under review can be decided."""

    code = "unit.not_under_review"
    text = Text(
        "该单位当前不在待审核状态，请刷新后再处理。", "This unit is not under review. Refresh and look again."
    )


class CommitmentNotRead(DomainError):
    """The commitment letter was not open long enough; `seconds` are left."""

    code = "commitment.not_read"
    text = Text(
        "请完整阅读承诺书，还需阅读 {seconds} 秒后才能确认。",
        "Please read the commitment letter. You can accept it in {seconds} seconds.",
    )


class CommitmentNotOpened(DomainError):
    """No opening of the commitment letter in force was named, or one of somebody else, or one too old."""

    code = "commitment.not_opened"
    text = Text("请先打开并阅读承诺书，再提交。", "Open and read the commitment letter first, then submit.")


class DocumentMissing(DomainError):
    """A paper of the profile is missing; `papers` names which (any one of those joined by 或)."""

    code = "unit.document_missing"
    text = Text("请上传：{papers_zh}。", "Please upload: {papers_en}.")


class DocumentUnknown(DomainError):
    """The profile has no paper of this code."""

    code = "unit.document_unknown"
    text = Text("单位资料中没有“{paper}”这一项，请删去。", "The profile has no paper {paper}; remove it.")


class DocumentNotYours(DomainError):
    """The receipt was given to somebody else."""

    status = 403
    code = "unit.document_not_yours"
    text = Text(
        "{title_zh}不是您上传的，请重新上传。", "The {title_en} was not uploaded by you. Upload it again."
    )


class DocumentFormatWrong(DomainError):
    """The paper has a format that the union does not take."""

    code = "unit.document_format"
    text = Text(
        "{title_zh}只接受 {formats} 格式，请转换后重新上传。",
        "The {title_en} must be {formats}. Convert it and upload it again.",
    )


class OrgNodeUnknown(DomainError):
    """There is no such district or agency."""

    code = "unit.org_node_unknown"
    text = Text(
        "没有这个所属机构（区局、代办处），请从列表中选择。",
        "There is no such district or agency. Choose one of the list.",
    )


class OrgNodeOutOfReach(DomainError):
    """The branch exists, outside the caller's part of the organisation."""

    status = 403
    code = "unit.org_node_out_of_reach"
    text = Text(
        "“{name_zh}”不在您的管理范围内，只能选择本机构及其下级机构；确需办理请联系该机构或上级工会。",
        "{name_en} is outside the part of the organisation you work for. Choose a branch of yours, or ask that office.",
    )


class TooManyHandlers(Conflict):
    """The pack's number of handlers is reached."""

    code = "unit.too_many_handlers"
    text = Text(
        "每个单位最多{most}名经办人，请先停用不再经办的人员。",
        "A unit has at most {most} handlers. Close one first.",
    )


class HandlerIsNamed(Conflict):
    """The unit's messages go to this handler."""

    code = "unit.handler_named"
    text = Text(
        "该经办人是本单位的联系人，请先指定另一名经办人再停用。",
        "The unit's messages go to this handler. Name another one first.",
    )
