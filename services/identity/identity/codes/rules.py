"""What a verification code is."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta

from common.text import Text

LIFETIME = timedelta(minutes=5)
MOST_TRIES = 5
DIGITS = 6
TITLES = {
    "register": Text("注册", "register"),
    "sign_in": Text("登录", "sign in"),
    "bind": Text("绑定", "bind an account"),
    "recover": Text("找回账号", "recover an account"),
    "prove_mobile": Text("验证原手机号", "prove the old mobile"),
    "change_mobile": Text("更换手机号", "change the mobile"),
    "unbind": Text("解除绑定", "unbind"),
    "confirm": Text("确认本人操作", "confirm that it is you"),
    "staff_sign_in": Text("工作人员登录", "sign in as staff"),
    "staff_invite": Text("设置登录密码", "set the password"),
    "staff_reset": Text("重置登录密码", "reset the password"),
}
"""What codes are for."""


def title_of(purpose: str) -> Text:
    """Return what a code is for, in words."""
    return TITLES.get(purpose, Text(purpose, purpose))


def new_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def digest_source(challenge_id: object, code: str) -> str:
    """Return what the keyed digest of a code is taken of; bound to its challenge."""
    return f"{challenge_id}:{code}"


def same_digest(stored: str, candidates: Iterable[str]) -> bool:
    """Whether a stored digest equals one of the candidates (one for each live key), in constant time."""
    return sum(hmac.compare_digest(stored, candidate) for candidate in candidates) > 0
