"""Refusals of the ports' sandbox."""

from common.errors import NotFound
from common.text import Text


class SandboxClosed(NotFound):
    """The sandbox exists in local runs only."""

    code = "sandbox.closed"
    text = Text("沙箱只在本机试运行时可用。", "The sandbox exists in local runs only.")
