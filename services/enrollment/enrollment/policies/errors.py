"""What can be refused about policies."""

from common.errors import DomainError
from common.text import Text


class ExportTooLarge(DomainError):
    """More policies than one workbook takes."""

    code = "policies.export_too_large"
    text = Text(
        "符合条件的记录超过 {limit} 条，请按年份、项目或工单编号缩小范围后再导出。",
        "More than {limit} records match. Narrow the search by year, product or order, then export.",
    )
