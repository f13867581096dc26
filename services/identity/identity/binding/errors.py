"""Refusals around binding."""

from common.errors import Conflict, DomainError, NotFound
from common.text import Text


class BindingUnknown(NotFound):
    """No binding of this id was begun on this device, or it is over."""

    code = "binding.not_found"
    text = Text(
        "没有找到正在办理的绑定，或已过期；请在开始办理的手机上继续，或重新开始。",
        "There is no binding under way on this device. Go on where it was begun, or begin again.",
    )


class WrongStep(Conflict):
    """This step is not the one the binding stands at."""

    code = "binding.wrong_step"
    text = Text(
        "当前步骤不能进行此操作，请刷新后按提示继续。",
        "This is not the step it stands at. Reload, then go on.",
    )


class FaceConsentNeeded(DomainError):
    """A face is verified only with the person's consent."""

    status = 422
    code = "binding.face_consent_needed"
    text = Text("请先勾选同意授权，再进行人脸识别。", "Consent to the face verification first.")


class FaceNotBegun(Conflict):
    """The outcome of a verification was asked for that was not begun."""

    code = "binding.face_not_begun"
    text = Text("请先开始人脸识别。", "Begin the face verification first.")


class CardNotOffered(Conflict):
    """The bank's check is not among the ways that are left."""

    code = "binding.card_not_offered"
    text = Text(
        "银行四要素验证只适用于身份证持有人，且次数有限；请选择“联系我们”。",
        "The bank's check is for holders of ID cards and a few tries only. Please contact us.",
    )


class DocumentKindNotAccepted(DomainError):
    """The union does not bind by this kind of document."""

    status = 422
    code = "binding.document_kind"
    text = Text(
        "本工会暂不支持用这种证件绑定，可用：{kinds}。",
        "The union does not bind by this document. It takes: {kinds}.",
    )


class NotBound(Conflict):
    """There is no account to recover or unbind."""

    code = "member.not_bound"
    text = Text("该会员还没有绑定账号，请直接绑定。", "This member has no account yet. Bind one.")


class RecoveryNotOffered(DomainError):
    """The union has no verification by which an account could be recovered without its old number."""

    status = 403
    code = "binding.recovery_not_offered"
    text = Text(
        "本工会需由工作人员核实后更换手机号，请联系：{contact}。",
        "Your union's staff changes the number after checking who you are. Contact: {contact}.",
    )
