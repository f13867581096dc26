"""What campaigns refuse."""

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


class CampaignNotPublished(Conflict):
    """It is not running, or not in the state that this step begins from."""

    code = "campaign.not_running"
    text = Text(
        "活动当前状态不能进行此操作，请刷新后查看。",
        "The campaign is not in a state that allows this. Refresh and look again.",
    )


class CampaignOver(Conflict):
    """It has ended for good."""

    code = "campaign.over"
    text = Text("活动已结束，不能再修改。", "The campaign is over and cannot be changed any more.")


class CampaignPaused(Conflict):
    """Staff have paused it."""

    code = "campaign.paused"
    text = Text("活动已暂停，请稍后再来。", "The campaign is paused. Come back later.")


class CampaignFixed(Conflict):
    """Members know of it: not everything may change any more."""

    code = "campaign.fixed"
    field_text = Text("活动发布后不能修改此项。", "It cannot change once the campaign is published.")
    text = Text(
        "活动已发布，部分内容不能再修改，请按提示处理；如需改动请结束后新建活动。",
        "The campaign is published; some of this cannot change any more. End it and draft another one.",
    )


class CampaignInUse(Conflict):
    """Only what nobody has taken part in can be deleted."""

    code = "campaign.in_use"
    text = Text("只有草稿可以删除，已发布的活动请结束。", "Only drafts can be deleted. End it instead.")


class CampaignOutOfReach(DomainError):
    """A branch's staff plan for the people of the branch."""

    status = 403
    code = "campaign.out_of_reach"
    text = Text(
        "只能为本机构及下级单位举办活动，请修改举办机构或参与范围。",
        "You can plan for your own branch and below. Correct the branch or who may join.",
    )


class AudienceUnknown(DomainError):
    """The rule names what there is not; `errors` name it."""

    code = "audience.unknown"
    text = Text(
        "参与条件中有不存在的机构、单位或保障产品，请按提示修改。",
        "Who may join names a branch, unit or product that does not exist. Correct it as shown.",
    )


class PlaceMissing(DomainError):
    """What is collected is collected somewhere."""

    code = "campaign.place_missing"
    text = Text("先预定后领取的活动请填写领取地点。", "Say where what is booked is collected.")


class CampaignWithoutSlots(Conflict):
    """Nothing to book."""

    code = "campaign.no_slots"
    text = Text(
        "活动还没有可预定的名额，请先设置时段或数量再发布。",
        "There is nothing to book yet. Add time slots or a number, then publish.",
    )


class CampaignWithoutQuiz(Conflict):
    """Nothing to do."""

    code = "campaign.no_quiz"
    text = Text(
        "活动既不发放也没有答题，请先设置题目再发布。",
        "The campaign gives nothing and asks nothing. Add a quiz, then publish.",
    )


class CampaignGivesOther(Conflict):
    """It gives something else than what was asked for."""

    code = "campaign.gives_other"
    text = Text(
        "该活动不是这种领取方式，请刷新活动详情后再操作。",
        "This campaign gives in another way. Reload its page and try again.",
    )


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
