"""What can be refused about roster files."""

from common.errors import Conflict, DomainError, ServiceBusy
from common.text import Text


class RosterBeingChecked(Conflict):
    """The same file is being checked at this moment."""

    code = "roster.being_checked"
    text = Text(
        "这份花名册正在校验，请稍候查看结果，不要重复上传。",
        "This roster is being checked. Wait for the result; there is no need to upload it again.",
    )
    headers = {"Retry-After": "2"}


class CheckInterrupted(ServiceBusy):
    """The process that checked the roster died."""

    code = "roster.check_interrupted"
    text = Text(
        "花名册校验中断，未保存任何人员，请重新上传；如仍失败，请分成几个文件上传。",
        "The check was interrupted and nothing was stored. Upload again, or split the file if it fails again.",
    )


class CheckCancelled(Conflict):
    """Somebody cancelled the check, or another attempt has taken it over."""

    code = "roster.cancelled"
    text = Text(
        "花名册校验已取消，未保存任何人员。需要时请重新上传。",
        "The check was cancelled and nothing was stored. Upload the roster again if you need it.",
    )


class CheckOver(Conflict):
    """The check cannot be cancelled: it is over."""

    code = "roster.check_over"
    text = Text(
        "花名册校验已经结束，不能取消。如需移除，请删除相应人员。",
        "The check is over and cannot be cancelled. Delete the people instead.",
    )


class RowsNotAcceptable(Conflict):
    """Rows that were chosen are not there, or cannot be covered."""

    code = "roster.rows_not_acceptable"
    text = Text(
        "所选人员中有 {count} 行不存在或不可参保，未接收任何人员。请刷新后重新勾选。",
        "{count} of the rows chosen are not there or cannot be covered; nothing was accepted. Refresh, choose again.",
    )


class NotStaged(Conflict):
    """The roster does not wait for a second person."""

    code = "roster.not_staged"
    text = Text(
        "这份花名册不在待接收状态，请刷新后查看。",
        "This roster does not wait to be accepted. Refresh and look again.",
    )


class SecondPersonNeeded(DomainError):
    """Whoever uploaded a roster may not accept it."""

    status = 403
    code = "roster.second_person"
    text = Text(
        "花名册须由上传人以外的另一人接收。", "A roster is accepted by somebody other than who uploaded it."
    )
