"""What the sandbox refuses."""

from common.errors import DomainError
from common.text import Text


class SandboxClosed(DomainError):
    """There is no sandbox here."""

    status = 404
    code = "sandbox.closed"
    text = Text("此环境没有支付沙箱。", "There is no payment sandbox here.")
