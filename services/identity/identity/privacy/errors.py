"""Refusals around personal data on request."""

from common.errors import Conflict, DomainError
from common.text import Text


class DataRequestDecided(Conflict):
    """Somebody has decided it."""

    code = "data_request.decided"
    text = Text("该申请已处理，请刷新后查看。", "The request has been decided. Refresh and look again.")


class DataRequestOpen(Conflict):
    """There is one already."""

    code = "data_request.open"
    text = Text("您已有一个同类申请正在处理。", "There is such a request already.")


class StillNeeded(Conflict):
    """Cover, claims, money or something under way still needs the data; `reasons` says what."""

    code = "data_request.still_needed"
    text = Text(
        "暂不能删除个人信息：{what_zh}。",
        "The data cannot be erased yet: {what_en}.",
    )


class SamePerson(DomainError):
    """An erasure takes two people."""

    status = 403
    code = "data_request.same_person"
    text = Text(
        "删除个人信息须由提交人以外的工作人员审批。",
        "An erasure is approved by somebody else than who asked for it.",
    )


class AlreadyErased(Conflict):
    """The person's data is gone."""

    code = "data_request.erased"
    text = Text("该人员的个人信息已删除。", "The person's data has been erased already.")
