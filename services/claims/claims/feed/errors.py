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
        "无法读取结算文件：{detail}。格式见接口文档 feed.md，请更正后重新导入。",
        "The settlement file cannot be read: {detail}. See feed.md for the format, correct it, import it again.",
    )


class FeedEmpty(DomainError):
    """The file has no line."""

    code = "feed.empty"
    text = Text(
        "结算文件没有数据行，请核对是否选错文件。", "The settlement file has no lines. Is it the right one?"
    )
