"""Refusals around staff accounts."""

from common.errors import Conflict, NotSignedIn
from common.text import Text


class CredentialsWrong(NotSignedIn):
    """User name or password is wrong; which of them is not told."""

    code = "auth.credentials_wrong"
    text = Text("用户名或密码不正确。", "User name or password is not right.")


class StaffExists(Conflict):
    """The user name is taken."""

    code = "staff.exists"
    text = Text("用户名已被使用，请换一个。", "This user name is taken. Choose another.")
