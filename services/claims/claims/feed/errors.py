"""What can be wrong with a settlement file as a whole."""

from common.errors import DomainError
from common.text import Text


class FeedTooLarge(DomainError):
    """The file has more bytes than allowed."""

    status = 413
    code = "feed.too_large"
    text = Text(
        "结算文件超过 {most} 字节，请分成几个文件导入。", "The file has more than {most} bytes. Split it."
    )


class FeedUnreadable(DomainError):
    """The file is neither CSV nor JSON lines, or lacks columns."""

    code = "feed.unreadable"
    text = Text(
        "无法读取结算文件：{detail}。请与“医保结算数据”页面上的模板对照列名，更正后重新导入。",
        "The settlement file cannot be read: {detail}. Compare it with the template on the feed's page, correct it.",
    )


class FeedEmpty(DomainError):
    """The file has no line."""

    code = "feed.empty"
    text = Text(
        "结算文件没有数据行，请核对是否选错文件。", "The settlement file has no lines. Is it the right one?"
    )
