"""Refusals around staff accounts."""

from common.errors import Conflict, DomainError, NotSignedIn
from common.text import Text


class CredentialsWrong(NotSignedIn):
    """User name or password is wrong; which of them is not told."""

    code = "auth.credentials_wrong"
    text = Text("用户名或密码不正确。", "User name or password is not right.")


class StaffExists(Conflict):
    """The user name is taken."""

    code = "staff.exists"
    text = Text("用户名已被使用，请换一个。", "This user name is taken. Choose another.")


class RoleTooWide(DomainError):
    """A branch's manager gives a role that reaches beyond the branch."""

    status = 403
    code = "staff.role_too_wide"
    text = Text(
        "您只能授予本区局范围内的角色，全市范围的角色请由市总工会管理员授予。",
        "You may give roles of your branch only. Ask the union's administrator for wider ones.",
    )


class StaffTooWide(DomainError):
    """The account works beyond the branch of the manager."""

    status = 403
    code = "staff.too_wide"
    text = Text(
        "该账号的权限超出您的管理范围，请由市总工会管理员办理。",
        "This account reaches beyond your branch. Ask the union's administrator.",
    )


class HandlersAccount(Conflict):
    """The account is a unit's handler's."""

    code = "staff.handlers_account"
    text = Text(
        "该账号属于单位经办人，不能按工作人员修改；请在单位资料中更换经办人或其手机号。",
        "This account is a unit's handler's. Change the handler or the mobile with the unit.",
    )


class InvitationInvalid(DomainError):
    """The invitation is unknown, used, or over."""

    status = 404
    code = "staff.invitation_invalid"
    text = Text(
        "邀请已失效，请联系管理员重新发送。", "The invitation is no longer valid. Ask for another one."
    )


class OwnAccount(DomainError):
    """Nobody manages their own account."""

    status = 403
    code = "staff.own_account"
    text = Text(
        "不能修改自己的角色或停用自己的账号，请由另一位管理员办理。",
        "You can't change or close your own account. Ask another administrator.",
    )


class StaffOpen(Conflict):
    """The account is not closed."""

    code = "staff.open"
    text = Text("该账号未停用，无需恢复。", "The account is not closed.")


class SecondFactorExists(Conflict):
    """There is one already."""

    code = "staff.second_factor_exists"
    text = Text("已启用动态口令，如需更换请先停用。", "There is a second factor already. Remove it first.")


class SecondFactorWrong(DomainError):
    """The code is not right, or was used before."""

    code = "staff.second_factor_wrong"
    text = Text(
        "动态口令不正确或已使用过，请等待下一个口令后再试。",
        "The code is wrong or was used before. Wait for the next one.",
    )


class SecondFactorNeeded(DomainError):
    """The account has a second factor."""

    code = "staff.second_factor_needed"
    text = Text("请输入动态口令或恢复码。", "Enter a code of your device or a recovery code.")
