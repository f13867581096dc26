"""What the counter refuses."""

from common.errors import Conflict, DomainError
from common.text import Text


class CounterOnly(DomainError):
    """Handing out is confirmed by who hands out, not by who receives."""

    status = 403
    code = "reward.counter_only"
    text = Text(
        "核销由现场工作人员办理，请向工作人员出示电子码。",
        "Staff at the counter confirm the collection. Show them your code.",
    )


class CollectedTooEarly(Conflict):
    """Its day is still to come."""

    code = "reward.too_early"
    text = Text("预约日期为 {day}，请当天再来领取。", "It is booked for {day}. Come on that day.")


class PassForged(DomainError):
    """A scanned text that this union's platform did not sign."""

    code = "pass.forged"
    text = Text(
        "二维码不是本工会的领取码，请让会员重新打开“我的活动”中的领取码。",
        "This is no pass of this union. Ask the member to open the pass under My activities again.",
    )


class PassExpired(DomainError):
    """The pass was shown too long ago."""

    code = "pass.expired"
    text = Text("领取码已过期，请会员刷新后重新出示。", "The pass has expired. Ask the member to refresh it.")


class ScanTooLate(DomainError):
    """A scan that was kept too long before it was sent."""

    code = "scan.too_late"
    text = Text(
        "扫码记录超过 {days} 天才上传，未予登记，请人工核对。",
        "The scan was sent more than {days} days later and was not taken. Check by hand.",
    )


class ScanReused(Conflict):
    """One scan id for two different passes."""

    code = "scan.reused"
    text = Text(
        "扫码编号已用于另一份领取，请升级或重启核销端。",
        "This scan id was used for another pass. Update or restart the counter app.",
    )
