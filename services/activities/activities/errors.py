"""What activities refuses."""

from common.errors import Conflict, DomainError
from common.text import Text


class CampaignDaysInvalid(DomainError):
    """Its days are not in order; `errors` name the field."""

    code = "campaign.days_invalid"
    text = Text(
        "活动日期先后不对，请按提示修改。",
        "The days of the campaign are not in order. Correct them as shown.",
    )


class CampaignNotDraft(Conflict):
    """Published once is published."""

    code = "campaign.not_draft"
    text = Text("活动已经发布，无需再次发布。", "The campaign is already published.")


class CampaignWithoutCodes(Conflict):
    """Nothing to give."""

    code = "campaign.no_codes"
    text = Text(
        "活动还没有电子码，请先导入电子码再发布。",
        "The campaign has no codes yet. Import codes, then publish.",
    )


class CampaignNotBegun(Conflict):
    """Before its first day."""

    code = "campaign.not_begun"
    text = Text(
        "活动将于 {opens_on} 开始，请届时再来。", "The campaign begins on {opens_on}. Come back then."
    )


class CampaignEnded(Conflict):
    """After its last day."""

    code = "campaign.ended"
    text = Text(
        "活动已于 {closes_on} 结束，请看看其他活动。",
        "The campaign ended on {closes_on}. Have a look at the others.",
    )


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


class MembersOnly(DomainError):
    """Rewards go to persons, and the caller's account belongs to none."""

    status = 403
    code = "campaign.members_only"
    text = Text(
        "只有会员本人可以领取，请用会员账号登录并完成绑定。",
        "Only members can take part. Sign in as a member and bind your account.",
    )


class CounterOnly(DomainError):
    """Handing out is confirmed by who hands out, not by who receives."""

    status = 403
    code = "reward.counter_only"
    text = Text(
        "核销由现场工作人员办理，请向工作人员出示电子码。",
        "Staff at the counter confirm the collection. Show them your code.",
    )


class RewardAlreadyCollected(Conflict):
    """Handed out before."""

    code = "reward.already_collected"
    text = Text("已于 {collected_at} 领取，不能重复领取。", "It was already collected at {collected_at}.")


class RewardExpired(Conflict):
    """After the last day on which it can be collected."""

    code = "reward.expired"
    text = Text("已于 {valid_until} 过期，不能领取。", "It was valid until {valid_until} and has expired.")


class CodesNotPlainText(DomainError):
    """Codes come as lines of text."""

    status = 415
    code = "codes.not_plain_text"
    text = Text(
        "请以纯文本（text/plain，UTF-8 编码）导入电子码，每行一个。",
        "Send the codes as plain text (text/plain in UTF-8), one on each line.",
    )


class CodesTooLarge(DomainError):
    """More than one import takes."""

    status = 413
    code = "codes.too_large"
    text = Text(
        "一次最多导入 {most_lines} 行、{most_megabytes} MB，请分批导入。",
        "One import takes at most {most_lines} lines and {most_megabytes} MB. Import in parts.",
    )


class CodesInvalid(DomainError):
    """Some lines are no codes; nothing was imported."""

    code = "codes.invalid"
    text = Text(
        "有 {lines} 行不是有效的电子码，全部未导入，请改正后重新导入。",
        "{lines} lines are no codes; nothing was imported. Correct them and import again.",
    )


class CodesMissing(DomainError):
    """An empty file."""

    code = "codes.missing"
    text = Text("文件中没有电子码，请每行写一个。", "There is no code in it. Write one on each line.")
