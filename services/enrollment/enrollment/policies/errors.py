"""What can be refused about policies."""

from common.errors import Conflict, DomainError
from common.text import Text


class ExportTooLarge(DomainError):
    """More policies than one workbook takes."""

    code = "policies.export_too_large"
    text = Text(
        "符合条件的记录超过 {limit} 条，请改用“导出任务”在后台生成，或缩小查询范围。",
        "More than {limit} records match. Ask for an export in the background, or narrow the search.",
    )


class PolicyNotInForce(Conflict):
    """The policy has ended or is ended already."""

    code = "policy.not_in_force"
    text = Text(
        "保单 {number} 不在保障期内或已终止，不能再终止。请刷新后查看。",
        "Policy {number} is not in force any more. Refresh and look again.",
    )
