"""What can be wrong with a reconciliation."""

from common.errors import Conflict, DomainError
from common.text import Text


class NoStatementLayout(DomainError):
    """The pack does not say how the bank's statement looks."""

    code = "reconciliation.no_layout"
    text = Text(
        "本工会的配置未定义银行对账单格式（bank.statement），请联系管理员补充。",
        "The union's pack has no layout of the bank's statement (bank.statement). Ask the administrator to add it.",
    )


class StatementUnreadable(DomainError):
    """The file is not in the pack's layout."""

    code = "reconciliation.statement_unreadable"
    text = Text(
        "无法读取对账单：{detail}。请使用银行导出的原文件。",
        "The statement cannot be read: {detail}. Use the file as the bank exported it.",
    )


class StatementRefused(DomainError):
    """Lines of the statement are wrong; nothing of it was taken. All faults stand in `errors`."""

    code = "reconciliation.statement_refused"
    text = Text(
        "对账单有无法识别的行，未导入任何数据，请按所列行核对。",
        "Some lines of the statement cannot be read. Nothing was imported. Check the lines listed.",
    )


class StatementEmpty(DomainError):
    """The statement has no line."""

    code = "reconciliation.statement_empty"
    text = Text("对账单没有明细行，请核对是否选错文件。", "The statement has no lines. Is it the right file?")


class StatementTooLarge(DomainError):
    """The file is larger than any statement."""

    status = 413
    code = "reconciliation.statement_too_large"
    text = Text(
        "对账单超过 {most} 字节，请按日期分开导入。", "The file has more than {most} bytes. Split it by days."
    )


class AmountsDiffer(DomainError):
    """The chosen entries do not fit into what is open of the line."""

    code = "reconciliation.amounts_differ"
    text = Text(
        "所选账务分录合计 {chosen} 元，超出该银行流水未对上的 {rest} 元，请重新选择。",
        "The entries sum to {chosen} yuan; open of the line are {rest}. Choose others.",
    )


class AlreadyMatched(Conflict):
    """An entry belongs to a line already, or the line is complete."""

    code = "reconciliation.already_matched"
    text = Text("该笔已对账，请刷新列表。", "It has been matched already. Refresh the list.")
