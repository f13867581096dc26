"""Why a roster is refused as a whole; faults of its rows are reasons, not errors."""

from collections.abc import Sequence

from common.errors import DomainError
from common.text import Text


class LayoutNotRecognised(DomainError):
    """The sheet lacks columns that the product needs. `missing` and `found` are column titles, no data."""

    code = "roster.layout_not_recognised"
    text = Text(
        "没有认出花名册的表头：缺少“{missing}”列；表中找到的列是：{found}。请下载模板，把人员填入后再上传。",
        "The heading of the roster was not recognised: columns missing: {missing}; found: {found}. "
        "Download the template, fill it in, then upload.",
    )

    def __init__(self, *, missing: Sequence[str], found: Sequence[str]) -> None:
        super().__init__(missing="、".join(missing), found="、".join(found) or "无 (none)")


class RosterEmpty(DomainError):
    """The sheet has no people in it."""

    code = "roster.empty"
    text = Text(
        "花名册中没有人员。请在表头下方每行填写一人后再上传。",
        "There are no people in the roster. Fill in one person per row below the heading, then upload.",
    )
