"""What can be refused about online payments."""

from common.errors import Conflict, DomainError
from common.text import Text


class PaymentUnavailable(DomainError):
    """The payment provider does not answer, or refuses."""

    status = 503
    code = "online_payment.unavailable"
    text = Text(
        "支付服务暂时不可用，您没有被扣款，请稍后再试。",
        "The payment service is not available; nothing was charged. Try again soon.",
    )
    headers = {"Retry-After": "10"}


class PaymentNotConfigured(DomainError):
    """This union takes no online payments here."""

    status = 409
    code = "online_payment.not_configured"
    text = Text(
        "本工会尚未开通在线支付，请联系工会。", "This union takes no online payments yet. Ask the union."
    )


class NoticeForged(DomainError):
    """A notice of the provider does not verify."""

    status = 401
    code = "online_payment.notice_forged"
    text = Text("支付通知签名不正确。", "The signature of the payment notice is not right.")


class RefundTooLarge(Conflict):
    """More would go back than was paid."""

    code = "online_payment.refund_too_large"
    text = Text(
        "退款金额超过可退金额 {left} 元，请修改。", "At most {left} yuan can go back. Correct the amount."
    )


class NothingPaid(Conflict):
    """A payment without money cannot be refunded."""

    code = "online_payment.nothing_paid"
    text = Text("该笔支付尚未到账，不能退款。", "This payment has not arrived, so nothing can go back.")


class RefundNotRefused(Conflict):
    """Only what the provider refused is sent again."""

    code = "online_payment.refund_not_refused"
    text = Text(
        "该笔退款未被支付机构拒绝，无需重新提交。",
        "The provider has not refused this refund; it needs no new try.",
    )


class RefundByBank(Conflict):
    """A refund of cover that the provider refused is paid by the union's bank."""

    code = "online_payment.refund_by_bank"
    text = Text(
        "该笔退款已转为银行转账退费，请在「退费」中登记收款账户并付款。",
        "The union's bank pays this refund: name its account among the refunds.",
    )


class CoverInForce(Conflict):
    """Money that pays for cover goes back by a termination, which ends the cover and is booked."""

    code = "online_payment.cover_in_force"
    text = Text(
        "这笔钱已用于参保，不能在此退款：请对保单办理退保（终止），应退金额会自动原路退回。",
        "This money pays for cover: end the policy by a termination; what is due then goes back the same way.",
    )


class AlreadyPaid(Conflict):
    """The payment that was begun before has been made."""

    code = "online_payment.already_paid"
    text = Text(
        "上一笔支付已经付款成功，正在入账，请勿重复支付，稍后刷新页面查看。",
        "The payment begun before has been made and is being booked. Do not pay again; look again in a moment.",
    )


class PayerUnknown(DomainError):
    """Paying inside WeChat needs the payer's open id."""

    code = "online_payment.payer_unknown"
    text = Text(
        "在微信内支付需要 openid，请改用扫码支付，或从微信内重新进入。",
        "Paying inside WeChat needs the open id. Pay by QR code, or come in from WeChat again.",
    )
