"""Refusals around single sign-on and hand-overs."""

from common.errors import DomainError, NotFound, ServiceBusy
from common.text import Text


class PortalUnknown(NotFound):
    """The union's pack has no such portal or host app, or not for this kind of person."""

    code = "portal.unknown"
    text = Text(
        "没有这个登录入口，请从本工会公布的入口进入。",
        "There is no such entrance. Use the one that your union names.",
    )


class NotToldWho(DomainError):
    """The other system told neither number by which a member is found, and the union has no other way in."""

    status = 403
    code = "portal.number_missing"
    text = Text(
        "统一门户没有提供您的工号或证件号码，或工会还没有登记您的工号，暂时无法登录。请联系工会补录：{contact}。",
        "The portal told no number of yours that your union knows. Ask the union to enter it: {contact}.",
    )


class PortalAway(ServiceBusy):
    """The portal did not answer, answered nonsense, or is not set up."""

    code = "portal.away"
    text = Text(
        "统一身份认证暂时不可用，请稍后再试或改用其他登录方式。",
        "The portal cannot be reached at the moment. Try again shortly or sign in another way.",
    )


class PortalRefused(DomainError):
    """The portal does not vouch for this: the code or ticket is wrong, used or too old, or what it signed is."""

    status = 401
    code = "portal.refused"
    text = Text(
        "统一身份认证没有通过，请重新从入口登录。",
        "The portal did not confirm this sign-in. Start again from its entrance.",
    )


class SignInNotStarted(DomainError):
    """The answer of the portal belongs to no sign-in that this browser began."""

    status = 401
    code = "portal.not_started"
    text = Text(
        "登录已过期或不是在本设备上发起的，请重新从入口登录。",
        "This sign-in is too old or was begun elsewhere. Start again from the entrance.",
    )


class HandOverInvalid(DomainError):
    """A hand-over that the host app has not signed for this union, or that is too old."""

    status = 401
    code = "handover.invalid"
    text = Text(
        "登录凭证无效或已过期，请返回原应用重新进入。",
        "The hand-over is not valid or too old. Go back to the app and come in again.",
    )


class HandOverUsed(HandOverInvalid):
    """A hand-over that was used before."""

    code = "handover.used"
    text = Text(
        "登录凭证已使用过，请返回原应用重新进入。",
        "This hand-over has been used. Go back to the app and come in again.",
    )


class StaffUnknown(DomainError):
    """The portal's user has no account among the union's staff or handlers."""

    status = 403
    code = "portal.no_account"
    text = Text(
        "您的账号没有开通后台，请联系本工会管理员。",
        "You have no account here. Ask your union's administrator.",
    )


class WorkNumberTaken(DomainError):
    """A work number that another member has."""

    status = 409
    code = "work_number.taken"
    text = Text(
        "工号已对应其他会员，请核对：第{line}行。", "A work number is another member's already: line {line}."
    )
