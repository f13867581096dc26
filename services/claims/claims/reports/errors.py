"""What can be wrong with a report."""

from common.errors import Conflict, DomainError, NotFound
from common.text import Text


class ReportUnknown(NotFound):
    """The union's pack has no such report."""

    code = "report.unknown"
    text = Text(
        "本工会没有报表“{report}”，请刷新列表。", "There is no report {report} here. Refresh the list."
    )


class ReportForStaff(DomainError):
    """Reports are for the union's staff."""

    status = 403
    code = "report.staff_only"
    text = Text("统计报表仅供工会工作人员使用。", "Reports are for the union's staff.")


class PeriodOpen(DomainError):
    """The period has not ended."""

    code = "report.period_open"
    text = Text(
        "{first} 至 {last} 尚未结束，请在 {last} 之后生成。",
        "The period from {first} to {last} has not ended. Make it after {last}.",
    )


class BeforeRecords(DomainError):
    """The period ended before the union had anything on the platform."""

    code = "report.before_records"
    text = Text(
        "{first} 至 {last} 早于本工会在平台上的第一天（{since}），没有数据，请选择之后的日期。",
        "The period from {first} to {last} is before the union's first day here ({since}). Choose a later day.",
    )


class ReportNotReady(Conflict):
    """It is still being made, or its making failed."""

    code = "report.not_ready"
    text = Text("报表还没有生成好，请稍后再试。", "The report is not ready yet. Try again later.")
