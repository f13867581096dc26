"""Errors that a caller can do something about, answered as RFC 9457 problems."""

from typing import Any, ClassVar

from .text import Text


class DomainError(Exception):
    """A refusal with a stable code and a sentence that says what is wrong and what to do.

    Subclasses set `status`, `code` and `text`; the text may hold {placeholders} filled from `params`.
    `params` go into the problem document too: never put personal data there.
    """

    status: ClassVar[int] = 422
    code: ClassVar[str] = "request.refused"
    text: ClassVar[Text] = Text("请求未被接受。", "The request was refused.")
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, *, errors: list[dict[str, Any]] | None = None, **params: Any) -> None:
        self.params = params
        self.errors = errors or []
        super().__init__(self.code, params)

    @property
    def sentence(self) -> Text:
        """The text with its placeholders filled."""
        return self.text.format(**self.params) if self.params else self.text


class NotFound(DomainError):
    """The thing does not exist, or belongs to somebody else: the answer is the same."""

    status = 404
    code = "resource.not_found"
    text = Text("没有找到您要的内容，请刷新列表后再试。", "Not found. Refresh the list and try again.")


class SandboxClosed(NotFound):
    """A sandbox, which stands for another's service, exists in local runs only."""

    code = "sandbox.closed"
    text = Text("沙箱只在本机试运行时可用。", "The sandbox exists in local runs only.")


class NotSignedIn(DomainError):
    """No token, or one that does not verify."""

    status = 401
    code = "auth.not_signed_in"
    text = Text("请先登录。", "Please sign in.")
    headers = {"WWW-Authenticate": "Bearer"}


class SessionEnded(NotSignedIn):
    """The token was good once, but has expired or its session was ended."""

    code = "auth.session_ended"
    text = Text("登录已失效，请重新登录。", "Your session has ended. Please sign in again.")


class ConfirmationNeeded(DomainError):
    """Changes where money goes: the session's owner proves first that it is them (docs/adr/0033)."""

    status = 403
    code = "auth.confirmation_needed"
    text = Text(
        "为保护您的收款账户，请先用发到绑定手机的短信验证码确认是您本人，再办理一次（确认后 5 分钟内有效）。",
        "To protect the account you are paid on, confirm first that it is you with the code sent to your mobile, then "
        "do this again. A confirmation is good for five minutes.",
    )


class NotPermitted(DomainError):
    """Signed in, but without the permission this needs."""

    status = 403
    code = "auth.not_permitted"
    text = Text(
        "您没有“{action}”的权限，如需办理请联系本工会管理员。",
        "You lack the permission {permission}. Ask your administrator.",
    )


class Conflict(DomainError):
    """The state of the thing does not allow this any more."""

    status = 409
    code = "state.conflict"
    text = Text(
        "当前状态不能进行此操作，请刷新后再试。",
        "The current state does not allow this. Refresh and try again.",
    )


class PreconditionFailed(DomainError):
    """Somebody changed the row since the caller read it."""

    status = 412
    code = "edit.stale"
    text = Text(
        "内容已被他人修改，请刷新查看最新内容后再保存。",
        "Somebody changed this in the meantime. Reload, then save again.",
    )


class PreconditionRequired(DomainError):
    """An edit without If-Match."""

    status = 428
    code = "edit.if_match_required"
    text = Text("请带上 If-Match 版本号再修改。", "Send If-Match with the version you read.")


class ServiceBusy(DomainError):
    """Something this needs is not there at the moment; the same request may succeed soon."""

    status = 503
    code = "service.busy"
    text = Text("系统繁忙，请稍后再试，您的内容没有丢失。", "The system is busy. Please try again shortly.")
    headers = {"Retry-After": "2"}
