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


class NotForYou(DomainError):
    """The person does not meet the conditions; `errors` name each."""

    status = 403
    code = "audience.not_for_you"
    text = Text(
        "您不符合本活动的参与条件，原因见下；如信息有误请联系工会更正。",
        "You do not meet the conditions, for the reasons below. If the record is wrong, ask your union.",
    )


class QuizNotPassed(Conflict):
    """The quiz comes before the reward."""

    code = "quiz.not_passed"
    text = Text("请先答题，通过后即可领取。", "Pass the quiz first; then it is yours.")


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


class SlotUnknown(DomainError):
    """A time has to be chosen, of those that the campaign has."""

    status = 422
    code = "booking.slot_missing"
    text = Text("请选择预约时段。", "Choose a time slot.")


class SlotFull(Conflict):
    """All of its places are taken."""

    code = "booking.full"
    text = Text("该时段已约满，请选择其他时段。", "This slot is full. Choose another one.")


class SlotPast(Conflict):
    """It has begun."""

    code = "booking.past"
    text = Text("该时段已开始或已过，请选择其他时段。", "This slot has begun or is over. Choose another one.")


class SlotsInvalid(DomainError):
    """Times that make no sense; `errors` name them."""

    code = "slots.invalid"
    text = Text("时段设置有误，请按提示修改。", "The time slots are wrong. Correct them as shown.")


class SlotInUse(Conflict):
    """People have booked it."""

    code = "slots.in_use"
    text = Text(
        "该时段已有 {taken} 人预定，不能删除，名额也不能少于已预定数。",
        "{taken} people have booked this slot: it cannot go, nor have fewer places than that.",
    )


class BookingNotBookable(Conflict):
    """Codes are not booked."""

    code = "booking.not_bookable"
    text = Text("电子码不能取消或改约。", "A code can be neither cancelled nor moved.")


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


class QuizInvalid(DomainError):
    """Questions that make no sense; `errors` name them."""

    code = "quiz.invalid"
    text = Text("题目设置有误，请按提示修改。", "The quiz is wrong. Correct it as shown.")


class QuizMissing(Conflict):
    """The campaign asks nothing."""

    code = "quiz.none"
    text = Text("本活动没有答题，可直接参加。", "This campaign has no quiz. Take part at once.")


class QuizAlreadyPassed(Conflict):
    """Once passed is passed: nobody answers again."""

    code = "quiz.already_passed"
    text = Text("您已通过答题，无需再答，可直接领取。", "You have passed; no need to answer again.")


class QuizAttemptsUsed(Conflict):
    """All attempts failed."""

    code = "quiz.attempts_used"
    text = Text(
        "您的 {attempts} 次答题机会已用完，请看看其他活动。",
        "Your {attempts} attempts are used up. Have a look at the other campaigns.",
    )


class QuizFinishedAlready(Conflict):
    """The attempt is over."""

    code = "quiz.finished"
    text = Text("本次答题已结束，不能再提交。", "This attempt is over; no more answers are taken.")


class QuizOtherPage(Conflict):
    """Another page or phone has taken the attempt over."""

    code = "quiz.other_page"
    text = Text(
        "答题已在另一页面继续，请在那里作答，或在此重新进入。",
        "The quiz goes on in another window. Answer there, or enter again here.",
    )


class QuizAlreadyAnswered(Conflict):
    """The question was answered before, or its time ran out."""

    code = "quiz.already_answered"
    text = Text(
        "第 {number} 题已提交，不能修改，请继续作答下一题。",
        "Question {number} is answered and cannot change. Go on with the next.",
    )


class QuizNotAskedYet(Conflict):
    """Questions come one after the other."""

    code = "quiz.not_asked_yet"
    text = Text(
        "还没有到第 {number} 题，请按顺序作答。", "Question {number} has not come yet. Answer in order."
    )


class QuizTooLate(Conflict):
    """The answer came after the question's time."""

    code = "quiz.too_late"
    text = Text(
        "第 {number} 题已超过 {seconds} 秒，按超时前已选的答案计，未选算错；请继续下一题。",
        "Question {number} took more than {seconds} seconds: what was chosen in time counts, nothing chosen is "
        "wrong. Go on with the next.",
    )


class QuizChoiceInvalid(DomainError):
    """An option that the question does not have, or too many of them."""

    code = "quiz.choice_invalid"
    text = Text("所选答案不在选项中，请重新选择。", "What was chosen is not among the options. Choose again.")
