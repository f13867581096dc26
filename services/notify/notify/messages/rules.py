"""Pure rules of messages: what a template says, when to try again."""

import string
from collections.abc import Mapping

MOST_ATTEMPTS = 10
LONGEST_PAUSE_SECONDS = 900.0
PURPOSES = {
    "register": "注册",
    "sign_in": "登录",
    "bind": "绑定",
    "recover": "找回账号",
    "prove_mobile": "验证原手机号",
    "change_mobile": "更换手机号",
    "unbind": "解除绑定",
    "staff_sign_in": "工作人员登录",
    "staff_invite": "设置登录密码",
    "staff_reset": "重置登录密码",
}


def pause_after(attempts: int) -> float:
    """Return the seconds before the next attempt: 2, 4, 8 … at most a quarter of an hour."""
    return float(min(2.0 ** max(attempts, 1), LONGEST_PAUSE_SECONDS))


def render(template: str, variables: Mapping[str, object]) -> str:
    """Fill a template's {variables}; one that is not known stays empty rather than showing a brace."""
    names = [name for _, name, _, _ in string.Formatter().parse(template) if name]
    return template.format(**{name: variables.get(name, "") for name in names})


def wanted(event: str, *, enrolment_sms: bool, service_notices: bool) -> bool:
    """Whether a member's switches let an event be told by SMS or WeChat: cover by the one, the rest by the other.

    In-app messages and those that must arrive are not asked about.
    """
    return enrolment_sms if event.startswith("enrollment.") else service_notices
