"""Refusals around sign-in and sessions."""

from common.errors import Conflict, DomainError, NotSignedIn
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


class MobileOfAnother(DomainError):
    """Another member's account has this mobile; whose is told to nobody."""

    status = 409
    code = "mobile.of_another"
    text = Text(
        "该手机号已用于另一位会员的账号。如果是您以前用其他证件登记的，请用该手机号登录；否则请换一个手机号办理，"
        "或请使用该号码的会员先在“账户与安全”中更换手机号。需要帮助请联系工会：{contact}。",
        "Another member's account has this number. If it is yours, sign in with it; otherwise use another number, or "
        "let that member change theirs under Account and security first. For help contact your union: {contact}.",
    )


class StepUpNeeded(DomainError):
    """The union binds an account only after a face verification."""

    status = 403
    code = "binding.verification_needed"
    text = Text(
        "本工会要求人脸核验后才能绑定，请使用“绑定会员”办理，或联系工会。",
        "Your union binds an account only after a face verification. Use the binding, or ask your union.",
    )


class MobileMissing(Conflict):
    """The account has no mobile: it came from a portal or a host app."""

    code = "account.no_mobile"
    text = Text("该账号还没有手机号，请先设置手机号。", "This account has no mobile yet. Set one first.")


class LinkTaken(Conflict):
    """The WeChat or portal user is linked to another account here."""

    code = "account.link_taken"
    text = Text(
        "该微信（或平台账号）已绑定其他会员，请先在原会员中解绑。",
        "This WeChat or portal user is bound to another member already. Unbind there first.",
    )


class SameMobile(DomainError):
    """The new mobile is the old one."""

    code = "mobile.same"
    text = Text("新手机号与原手机号相同。", "The new number is the old one.")
