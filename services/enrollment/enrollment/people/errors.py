"""What can be refused about the people of an order."""

from common.errors import DomainError
from common.text import Text


class RosterNotUsed(DomainError):
    """The product takes no rosters."""

    code = "roster.not_used"
    text = Text("该项目不使用花名册。", "This product takes no rosters.")


class PersonNotInsurable(DomainError):
    """A person entered by form cannot be covered; `errors` has every reason."""

    code = "person.not_insurable"
    text = Text(
        "此人不可参保，请按提示修改后再添加。",
        "The person cannot be covered. Correct what is named, then add again.",
    )


class ChooseWhom(DomainError):
    """A deletion names nobody, or both people and all."""

    code = "people.choose"
    text = Text("请勾选要删除的人员，或选择删除全部。", "Choose the people to delete, or all of them.")


class AmountNotOfShares(DomainError):
    """The amount for everybody is no multiple of the price of a share."""

    code = "roster.amount_not_of_shares"
    text = Text(
        "投保金额应为每份 {price} 元的整数倍，请修改金额。",
        "The amount must be a multiple of {price} yuan, the price of a share. Correct it.",
    )


class SharesExceeded(DomainError):
    """The amount for everybody pays for more shares than one person may hold."""

    code = "roster.shares_exceeded"
    text = Text(
        "超过份数：每人最多 {limit} 份，每份 {price} 元。请减少金额。",
        "At most {limit} shares of {price} yuan each. Reduce the amount.",
    )


class TypeTheWords(DomainError):
    """Deleting everybody needs the union's words to be typed."""

    code = "people.type_the_words"
    text = Text("将删除全部人员，请输入“{words}”以确认。", "This deletes everybody. Type {words} to confirm.")


class PersonUnknown(DomainError):
    """No member has this number."""

    status = 404
    code = "person.unknown"
    text = Text(
        "查无此会员，请核对会员编号或身份证号；尚未入会的请先办理入会。",
        "No member has this number. Check it, or admit the person first.",
    )


class TooManyToWaitFor(DomainError):
    """More people than an export in the request takes."""

    code = "people.export_too_large"
    text = Text(
        "人员超过 {limit} 人，请改用“导出任务”在后台生成，完成后下载。",
        "More than {limit} people: ask for an export in the background and download it when it is done.",
    )
