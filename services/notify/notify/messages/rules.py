"""Pure rules of messages: what a template says, when to try again."""

import string
from collections.abc import Iterable, Mapping

from common.contracts.pack import Message as Template
from common.contracts.pack.messages import WECHAT_FIELDS
from common.text import Text

MOST_ATTEMPTS = 10
LONGEST_PAUSE_SECONDS = 900.0
CHINESE = "zh"
OTHER = {"zh": "en", "en": "zh"}
REASON_IN_SMS = 60
"""Characters of a reason in an SMS; one of 500 would be eight SMS."""
SMS_TEXT = "_text"
"""Among a message's variables: what its SMS says where that is less than the inbox shows. No pack has such a name."""
REST_IN_APP = Text("（登录后在“消息”中看全文）", " (sign in: all of it is under Messages)")
REST_BY_PHONE = Text("（全文请来电咨询）", " (call to hear all of it)")
NOTICE = Text("通知", "Notice")
TITLES = {
    "identity": Text("账户与会员通知", "Account and membership"),
    "enrollment": Text("参保通知", "Enrolment"),
    "claims": Text("理赔与给付通知", "Claims and payouts"),
    "activities": Text("活动通知", "Activities"),
    "notify": NOTICE,
}
PURPOSES = {
    "register": Text("注册", "registration"),
    "sign_in": Text("登录", "signing in"),
    "bind": Text("绑定", "binding your account"),
    "recover": Text("找回账号", "recovering your account"),
    "prove_mobile": Text("验证原手机号", "proving your present mobile"),
    "change_mobile": Text("更换手机号", "changing your mobile"),
    "unbind": Text("解除绑定", "unbinding your account"),
    "confirm": Text("确认本人操作", "confirming that it is you"),
    "staff_sign_in": Text("工作人员登录", "staff sign-in"),
    "staff_invite": Text("设置登录密码", "choosing a password"),
    "staff_reset": Text("重置登录密码", "choosing a new password"),
}


def pause_after(attempts: int) -> float:
    """Return the seconds before the next attempt: 2, 4, 8 … at most a quarter of an hour."""
    return float(min(2.0 ** max(attempts, 1), LONGEST_PAUSE_SECONDS))


def render(template: str, variables: Mapping[str, object]) -> str:
    """Fill a template's {variables}; one that is not known stays empty rather than showing a brace."""
    names = [name for _, name, _, _ in string.Formatter().parse(template) if name]
    return template.format(**{name: variables.get(name, "") for name in names})


def in_sms(variables: Mapping[str, object], audience: str, language: str) -> dict[str, object]:
    """Return variables as an SMS carries them: of a long reason the beginning, and where all of it is read.

    The inbox shows the whole; who has no account yet is told by telephone.
    """
    reason = str(variables.get("reason", ""))
    if len(reason) <= REASON_IN_SMS:
        return dict(variables)
    where = REST_BY_PHONE if audience == "applicant" else REST_IN_APP
    begun = reason[:REASON_IN_SMS].rstrip("，。；：、,.;: ")
    return {**variables, "reason": f"{begun}…{where.in_language(language)}"}


def title_of(event: str) -> Text:
    """Return what a message is called whose template has no title."""
    return TITLES.get(event.split(".", 1)[0], NOTICE)


def language_for(template: Template, wanted: str) -> str:
    """Return in which language a template is told to who wants `wanted`.

    An SMS that providers fill from templates of their own is English only where each of them has one in English.
    """
    ready = all(provider.english is not None for provider in template.providers.values())
    return wanted if template.channel != "sms" or ready else CHINESE


def worded(variables: Mapping[str, object], language: str) -> dict[str, object]:
    """Return variables with those that are sentences of two languages in the one that is wanted."""
    return {
        name: value.in_language(language) if isinstance(value, Text) else value
        for name, value in variables.items()
    }


def listed(texts: Iterable[Text]) -> Text:
    """Return an enumeration, in both languages."""
    parts = list(texts)
    return Text("、".join(text.zh for text in parts), ", ".join(text.en for text in parts))


def fitted(field: str, value: str) -> str:
    """Return a value as a field of WeChat's template takes it, cut with … where it is too long; never empty."""
    most = WECHAT_FIELDS.get(field.rstrip("0123456789"), 20)
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
