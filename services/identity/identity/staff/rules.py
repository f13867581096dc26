"""Pure rules of staff accounts."""

import re
from collections.abc import Collection

from zxcvbn import zxcvbn

from common.contracts.pack import TenantPack
from common.contracts.pack.roles import Role
from common.identifiers import Fault
from common.text import Text

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
NO_PASSWORD = "!"  # noqa: S105 - no hash, so no password matches it
"""Stands in the place of a hash until the owner has set a password."""
LEAST_GUESSES = 10**8
"""As many as eight characters without any pattern take."""
_LOOKED_AT = (
    32  # a password is no easier than its beginning, and the time to judge it grows fast with its length
)
_OWN_WORDS = ["huzhu", "gonghui"]
_USER_NAME = re.compile(r"[a-z][a-z0-9._-]{2,31}", re.ASCII)
USER_NAME = Fault(
    "user_name.format",
    Text("用户名不正确。", "The user name is wrong."),
    Text(
        "请用3至32个小写字母、数字、点、横线或下划线，以字母开头。",
        "Use 3 to 32 small letters, digits, dots, - or _, beginning with a letter.",
    ),
)
USER_NAME_TAKEN = Fault(
    "user_name.taken",
    Text("用户名已被使用。", "The user name is taken."),
    Text("请换一个。", "Choose another."),
)
PASSWORD_LENGTH = Fault(
    "password.length",
    Text("密码长度不正确。", "The password is too short or too long."),
    Text(
        f"请用{SHORTEST_PASSWORD}至{LONGEST_PASSWORD}个字符。",
        f"Use {SHORTEST_PASSWORD} to {LONGEST_PASSWORD}.",
    ),
)
PASSWORD_GUESSABLE = Fault(
    "password.guessable",
    Text("密码太容易猜到。", "The password is easy to guess."),
    Text(
        "请不要用常见密码、连续或重复的字符、日期，可用几个不相关的词加上数字和符号。",
        "No common password, sequence, repetition or date: take several unrelated words with digits and signs.",
    ),
)
PASSWORD_NAMES_USER = Fault(
    "password.holds_user_name",
    Text("密码中含有用户名。", "The password holds the user name."),
    Text("请去掉用户名，换一个密码。", "Choose one without the user name."),
)
ROLE_MISSING = Fault(
    "role.missing",
    Text("没有选择角色。", "No role is chosen."),
    Text("请至少选一个角色。", "Choose at least one role."),
)
ROLE_UNKNOWN = Fault(
    "role.unknown",
    Text("没有这个角色。", "There is no such role for staff."),
    Text("请从本工会的角色中选择。", "Choose one of the union's roles."),
)


def user_name_faults(user_name: str) -> list[Fault]:
    """Return all that is wrong with a user name."""
    return [] if _USER_NAME.fullmatch(user_name) else [USER_NAME]


def password_faults(password: str, *, user_name: str) -> list[Fault]:
    """Return all that is wrong with a new password."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return [PASSWORD_LENGTH]
    if _USER_NAME.fullmatch(user_name) and user_name in password.casefold():
        return [PASSWORD_NAMES_USER]
    guesses = zxcvbn(password[:_LOOKED_AT], user_inputs=[user_name, *_OWN_WORDS])["guesses"]
    return [PASSWORD_GUESSABLE] if guesses < LEAST_GUESSES else []


def staff_roles(pack: TenantPack) -> list[Role]:
    """Return the roles that staff may have: those of handlers and members are not for staff."""
    return [role for role in pack.roles if role.scope in {"tenant", "subtree"}]


def role_faults(roles: list[str], pack: TenantPack) -> list[Fault]:
    """Return what is wrong with the roles of a staff account: those of handlers and members are not for staff."""
    if not roles:
        return [ROLE_MISSING]
    known = {role.code for role in staff_roles(pack)}
    return [] if set(roles) <= known else [ROLE_UNKNOWN]


def is_tenant_wide(roles: Collection[str], pack: TenantPack) -> bool:
    """Whether any of these roles reaches the whole union; one that the pack no longer has reaches nothing."""
    return any(role.scope == "tenant" for role in pack.roles if role.code in roles)


def needs_code(pack: TenantPack, kind: str = "staff") -> bool:
    """Whether a sort of account signs in with an SMS code after the password: the way the pack names first decides."""
    ways = [way for way in _ways(pack, kind) if way in {"password", "password_sms"}]
    return not ways or ways[0] == "password_sms"


def offers_password(pack: TenantPack, kind: str = "staff") -> bool:
    """Whether staff, or handlers, of this union have passwords at all."""
    return bool({"password", "password_sms"} & set(_ways(pack, kind)))


def _ways(pack: TenantPack, kind: str) -> tuple[str, ...]:
    sign_in = pack.registration.sign_in
    return {"staff": sign_in.staff, "handler": sign_in.handler}.get(kind, ())
