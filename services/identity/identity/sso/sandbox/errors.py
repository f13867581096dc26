"""Refusals of the sandbox's portal."""

from common.errors import DomainError
from common.text import Text


class LoginNotOurs(DomainError):
    """The browser was not sent here by this platform's sign-in."""

    status = 422
    code = "sandbox.portal_request"
    text = Text(
        "沙箱门户只接受本平台登录页发起的请求，请从会员端或管理端的登录页重新进入。",
        "The sandbox's portal takes requests of this platform's sign-in only. Begin there again.",
    )


class GrantRefused(DomainError):
    """The code is unknown, used, over, or was given for another request."""

    status = 400
    code = "invalid_grant"
    text = Text("登录凭据无效，请重新登录。", "The code is not valid. Sign in again.")
