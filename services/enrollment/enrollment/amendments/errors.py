"""What can be refused about amendments."""

from common.errors import Conflict, DomainError
from common.text import Text


class AmendmentNotOffered(DomainError):
    """The product allows no such change in mid-term."""

    code = "amendment.not_offered"
    text = Text(
        "该项目中途不能{what_zh}，请在续保时办理。",
        "This product lets nobody {what_en} in mid-term; wait for the renewal.",
    )


class NoGroupCover(Conflict):
    """The order has no cover that runs and could be changed."""

    code = "amendment.no_cover"
    text = Text(
        "这笔参保没有在保的保障，不能增减人员。只有已完成且未到期的参保申请可以办理。",
        "This order has no cover in force. Only a finished order whose term runs can be changed.",
    )


class AmendmentDayWrong(DomainError):
    """The first day of the change is not possible."""

    code = "amendment.day_wrong"
    text = Text(
        "变更生效日期应在 {first} 至 {last} 之间。",
        "The first day of the change must lie between {first} and {last}.",
    )


class NotAnAmendment(Conflict):
    """People leave by amendments only."""

    code = "amendment.wrong_order"
    text = Text("只有中途增减申请可以减少在保人员。", "Only an amendment removes people who are covered.")


class SomeNotFound(DomainError):
    """Some of the people named are not covered by the group."""

    code = "amendment.some_not_found"
    text = Text(
        "有 {count} 人不在这笔参保的在保人员中{who_zh}，未添加任何人员。请核对后重新填写。",
        "{count} of these people are not covered by this group's order{who_en}; nobody was added. Check them.",
    )


class NobodyFound(DomainError):
    """None of the people named are covered by the group."""

    code = "amendment.nobody_found"
    text = Text(
        "在这笔参保的在保人员中没有找到所选人员。", "None of these people are covered by this group's order."
    )
