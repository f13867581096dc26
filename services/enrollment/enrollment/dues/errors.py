"""What can be refused about dues."""

from common.errors import Conflict, DomainError
from common.text import Text


class DuesNotCollected(DomainError):
    """The union collects no dues here."""

    status = 404
    code = "dues.not_collected"
    text = Text("本工会不在此收缴会费。", "This union collects no dues here.")


class WageRequired(DomainError):
    """Dues by salary band need the monthly wage."""

    code = "dues.wage_required"
    text = Text(
        "会费按工资档次计算，请填写月工资（元）。",
        "Dues depend on the salary band: enter the monthly wage in yuan.",
    )


class PeriodInvalid(DomainError):
    """The period is not one that can be paid now."""

    code = "dues.period_invalid"
    text = Text(
        "缴费期间 {period} 不正确：只能缴纳今年的会费，格式如 {example}。",
        "The period {period} is not right: pay for this year, written like {example}.",
    )


class PeriodPaid(Conflict):
    """Dues of the period are paid, or being paid."""

    code = "dues.period_paid"
    text = Text(
        "{period} 的会费已缴纳或正在缴纳，请刷新后查看。",
        "Dues for {period} are paid or being paid. Refresh and look again.",
    )


class DuesStateWrong(Conflict):
    """The bill's state does not allow this."""

    code = "dues.wrong_state"
    text = Text(
        "该会费单已缴纳、已取消或已退款，请刷新后查看。",
        "This bill is paid, cancelled or refunded. Refresh and look again.",
    )
