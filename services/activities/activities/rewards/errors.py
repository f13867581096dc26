"""What rewards refuse."""

from common.errors import Conflict
from common.text import Text


class NoneLeft(Conflict):
    """The stock is used up."""

    code = "campaign.none_left"
    text = Text(
        "电子码已全部领完，请看看其他活动。", "All codes have been given. Have a look at the other campaigns."
    )


class AlreadyReceived(Conflict):
    """A person has had all that the campaign gives to one."""

    code = "reward.already_received"
    text = Text(
        "您已领取过，每人限领 {per_person} 份，可在“我的活动”中查看。",
        "You already have it ({per_person} for each person). Look under My activities.",
    )


class AlreadyBooked(Conflict):
    """A person has booked all that they may, and not collected it yet."""

    code = "reward.already_booked"
    text = Text(
        "您已预定过，每人限 {per_person} 份，请在“我的活动”中查看预定号和领取方式。",
        "You have booked it already ({per_person} for each person). Look under My activities.",
    )


class RewardGivenBack(Conflict):
    """Cancelled by the person or taken back by staff."""

    code = "reward.given_back"
    text = Text(
        "该奖励已取消或已被收回，不能再领取。", "This was cancelled or taken back; it cannot be collected."
    )


class RewardWithoutCode(Conflict):
    """Only a code can be replaced by another one."""

    code = "reward.no_code"
    text = Text("该奖励不是电子码，不能换码。", "This is no electronic code; there is nothing to replace.")


class RewardAlreadyCollected(Conflict):
    """Handed out before."""

    code = "reward.already_collected"
    text = Text("已于 {collected_at} 领取，不能重复领取。", "It was already collected at {collected_at}.")


class RewardExpired(Conflict):
    """After the last day on which it can be collected."""

    code = "reward.expired"
    text = Text("已于 {valid_until} 过期，不能领取。", "It was valid until {valid_until} and has expired.")
