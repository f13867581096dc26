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
