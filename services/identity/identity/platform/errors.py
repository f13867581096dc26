"""Refusals to operators."""

from common.errors import NotSignedIn
from common.text import Text


class OperatorUnknown(NotSignedIn):
    """The secret is nobody's."""

    code = "platform.unknown_operator"
    text = Text("平台管理密钥不正确。", "The platform secret is not right.")
