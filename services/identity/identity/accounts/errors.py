"""Refusals around sign-in and sessions."""

from common.errors import DomainError, NotSignedIn
from common.text import Text


class RefreshInvalid(NotSignedIn):
    """The refresh token is unknown, expired, or of a session that has ended."""

    code = "auth.refresh_invalid"
    text = Text("登录已失效，请重新登录。", "Your session has ended. Please sign in again.")


class RefreshReused(NotSignedIn):
    """A refresh token came twice: somebody has a copy, so the session was ended."""

    code = "auth.refresh_reused"
    text = Text(
        "登录凭证被重复使用，为了您的安全本次登录已结束，请重新登录。",
        "Your sign-in was used from two places. It has been ended for your safety; please sign in again.",
    )


class AccountHeld(DomainError):
    """The account waits for the back office."""

    status = 403
    code = "account.held"
    text = Text(
        "您的账号信息与单位上报的信息不一致，已暂停使用，请联系本单位经办人或工会核对。",
        "Your details differ from what your unit reported, so the account is on hold. Ask your unit or your union.",
    )


class MobileNotRegistered(DomainError):
    """Signing in with a number that has no account."""

    status = 404
    code = "mobile.not_registered"
    text = Text("该手机号尚未注册，请先注册。", "This number is not registered. Please register first.")


class MobileAlreadyRegistered(DomainError):
    """Registering a number that has an account."""

    status = 409
    code = "mobile.already_registered"
    text = Text("该手机号已注册，请直接登录。", "This number is registered already. Please sign in.")


class StepUpNeeded(DomainError):
    """The union asks for a verification that has not been made."""

    status = 403
    code = "binding.verification_needed"
    text = Text(
        "本工会要求先完成图形验证码和人脸核验，请在本工会的小程序中办理，或联系工会。",
        "Your union asks for a captcha and a face verification first. Use its own app, or ask your union.",
    )
