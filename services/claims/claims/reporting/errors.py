"""What can be wrong with a key."""

from common.errors import DomainError, NotSignedIn
from common.text import Text


class KeyRefused(NotSignedIn):
    """No key, or one that does not work (unknown, revoked, over): the answer is the same."""

    code = "reporting.key_refused"
    text = Text(
        "接口密钥缺失或无效（可能已过期或被停用），请向本工会管理员索取新的密钥。",
        "The key is missing or does not work (it may be over or revoked). Ask your administrator for a new one.",
    )


class BranchUnknown(DomainError):
    """The pack has no branch with this path."""

    code = "reporting.branch_unknown"
    text = Text("机构“{branch}”不存在，请从机构列表中选择。", "There is no branch {branch}.")
