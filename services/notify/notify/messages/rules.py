"""Pure rules of messages: what a template says, when to try again."""

import string
from collections.abc import Mapping

MOST_ATTEMPTS = 10
LONGEST_PAUSE_SECONDS = 900.0
TITLES = {
    "identity": "账户与会员通知",
    "enrollment": "参保通知",
    "claims": "理赔与给付通知",
    "activities": "活动通知",
    "notify": "通知",
}
LONGEST_FIELD = {
    "thing": 20, "character_string": 32, "phrase": 5, "name": 10, "number": 32, "letter": 32, "symbol": 5, "time": 32,
    "date": 32, "amount": 32, "phone_number": 17, "car_number": 8, "const": 20, "short_thing": 5,
}  # fmt: skip
"""Characters that WeChat takes in a field, by its kind."""
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


def title_of(event: str) -> str:
    """Return what a message is called whose template has no title."""
    return TITLES.get(event.split(".", 1)[0], "通知")


def fitted(field: str, value: str) -> str:
    """Return a value as a field of WeChat's template takes it, cut with … where it is too long; never empty."""
    most = LONGEST_FIELD.get(field.rstrip("0123456789"), 20)
    shown = value.strip() or "-"
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def is_quiet(start: str, until: str, at: str) -> bool:
    """Whether a time of day "HH:MM" lies in quiet hours, also when they pass midnight; equal ends are no hours."""
    return start <= at < until if start <= until else at >= start or at < until


def wanted(event: str, *, enrolment_sms: bool, service_notices: bool) -> bool:
    """Whether a member's switches let an event be told by SMS or WeChat: cover by the one, the rest by the other.

    In-app messages and those that must arrive are not asked about.
    """
    return enrolment_sms if event.startswith("enrollment.") else service_notices
