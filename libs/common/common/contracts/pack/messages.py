"""Message templates: which event tells whom what, and the variables that each event offers."""

import string
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from .base import LocalProse, LocalText, Part, broken

Audience = Literal["member", "handler", "staff", "applicant"]
_ORDER = "unit_name order_number product"
_CLAIM = "name product claim_number claim_kind"

_CATALOGUE = {
    "identity.sms_code": ("applicant", "code minutes purpose"),
    "identity.unit_approved": ("handler", "unit_name"),
    "identity.unit_returned": ("handler", "unit_name reason"),
    "identity.member_admitted": ("member", "name member_number unit_name"),
    "identity.member_bound": ("member", "name app"),
    "identity.member_unbound": ("member", "name app"),
    "identity.binding_confirmed": ("applicant", "name app"),
    "identity.binding_refused": ("applicant", "name app reason"),
    "identity.mobile_replaced": ("member", "name app"),
    "identity.bank_card_changed": ("member", "name app bank_name card_tail"),
    "identity.member_transferred": ("member", "name from_unit unit_name"),
    "enrollment.order_submitted": ("handler", f"{_ORDER} people amount"),
    "enrollment.order_approved": (
        "handler",
        f"{_ORDER} people amount account_holder account_bank account_number",
    ),
    "enrollment.order_returned": ("handler", f"{_ORDER} reason"),
    "enrollment.payment_held": ("handler", f"{_ORDER} amount paid difference"),
    "enrollment.policies_issued": ("handler", f"{_ORDER} people starts_on ends_on"),
    "enrollment.member_covered": ("member", "name unit_name product policy_number starts_on ends_on"),
    "enrollment.policies_expiring": ("handler", "unit_name product people first_ends_on last_ends_on"),
    "enrollment.policy_terminated": ("member", "name product policy_number ends_on refund"),
    "enrollment.refund_due": ("member", "name product amount"),
    "enrollment.application_approved": ("member", "name product application_number amount"),
    "enrollment.application_returned": ("member", "name product application_number reason"),
    "enrollment.application_rejected": ("member", "name product application_number reason"),
    "enrollment.dues_paid": ("member", "name amount period receipt_number"),
    "enrollment.late_payment_received": ("member", "name title amount number"),
    "claims.claim_invited": ("member", f"{_CLAIM} documents days"),
    "claims.claim_submitted": ("member", _CLAIM),
    "claims.claim_step": ("member", f"{_CLAIM} node decision"),
    "claims.claim_returned": ("member", f"{_CLAIM} reason"),
    "claims.claim_approved": ("member", f"{_CLAIM} amount"),
    "claims.claim_rejected": ("member", f"{_CLAIM} reason appeal_days"),
    "claims.claim_reopened": ("member", _CLAIM),
    "claims.payout_completed": ("member", f"{_CLAIM} amount bank_name card_tail paid_on"),
    "claims.payout_to_other": ("member", f"{_CLAIM} amount bank_name card_tail paid_on payee"),
    "claims.payout_failed": ("member", f"{_CLAIM} amount bank_name card_tail reason"),
    "claims.refund_failed": ("member staff", "order_number product amount payee reason"),
    "claims.claim_assigned": ("staff", "claim_number claim_kind node reason"),
    "claims.deadline_near": ("staff", "claim_number claim_kind node days"),
    "claims.deadline_over": ("staff", "claim_number claim_kind node days"),
    "claims.payout_deadline_near": ("staff", "claim_number claim_kind status due_on days"),
    "claims.payout_deadline_over": ("staff", "claim_number claim_kind status due_on days"),
    "claims.papers_due": ("member", f"{_CLAIM} documents days"),
    "claims.report_ready": ("staff", "report period link"),
    "claims.appeal_decided": ("member", f"{_CLAIM} decision reason"),
    "notify.webhook_disabled": ("handler staff", "endpoint reason"),
    "notify.bulk_message": ("member handler", "name unit_name text"),
    "activities.reward_issued": ("member", "name campaign code valid_until"),
    "activities.booking_confirmed": ("member", "name campaign place number time"),
    "activities.reward_collected": ("member", "name campaign"),
    "activities.reward_revoked": ("member", "name campaign reason"),
    "activities.codes_running_low": ("staff", "campaign left"),
}
MESSAGE_EVENTS: dict[str, frozenset[str]] = {
    name: frozenset(["tenant_name", "hotline", *variables.split()])
    for name, (_, variables) in _CATALOGUE.items()
}
"""Events that can be told, each with the variables its templates may use; tenant_name and hotline are always there."""
MESSAGE_AUDIENCES: dict[str, frozenset[str]] = {
    name: frozenset(audiences.split()) for name, (audiences, _) in _CATALOGUE.items()
}
"""Who is told of each event: a template for anybody else would never be used."""


def variables_of(template: str) -> frozenset[str]:
    """Return the names in {braces}; ValueError where a brace stands alone or a name is not a plain one."""
    names = set()
    for _, name, spec, conversion in string.Formatter().parse(template):
        if name is None:
            continue
        if spec or conversion or not name.isidentifier():
            raise ValueError(name)
        names.add(name)
    return frozenset(names)


def _braces(text: LocalProse) -> LocalProse:
    for template in (text.zh, text.en):
        try:
            variables_of(template)
        except ValueError:
            raise broken(
                "变量要写成 {name}，不能有单独的大括号",
                "write variables as {name}; a brace cannot stand alone",
            ) from None
    return text


Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class QuietHours(Part):
    """From when until when, in Asia/Shanghai, no SMS and no WeChat message leaves but codes and what must arrive."""

    start: Clock
    until: Clock


class Notices(Part):
    """How the union sends: quiet hours, and what an SMS part costs, for estimates of bulk messages."""

    quiet_hours: QuietHours | None = None
    sms_price: Annotated[Decimal, Field(ge=0, le=10, decimal_places=4, allow_inf_nan=False)] = Decimal("0.05")


TemplateCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,40}$")]
WECHAT_FIELDS = {
    "thing": 20, "character_string": 32, "phrase": 5, "name": 10, "number": 32, "letter": 32, "symbol": 5, "time": 32,
    "date": 32, "amount": 32, "phone_number": 17, "car_number": 8, "const": 20, "short_thing": 5,
}  # fmt: skip
"""Kinds of the fields of WeChat's templates, and how many characters each takes."""


class ProviderTemplate(Part):
    """A template as an SMS provider has approved it: its code there, and the variables in the order it takes them."""

    code: TemplateCode
    english: TemplateCode | None = Field(
        None,
        description="The same in English, with the same variables; without it everybody is told in Chinese.",
    )
    variables: tuple[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")], ...] = ()


class WechatTemplate(Part):
    """A subscription message 订阅消息 as WeChat has approved it: its template, and what each of its fields shows."""

    template_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,64}$")]
    fields: Annotated[
        dict[Annotated[str, StringConstraints(pattern=r"^[a-z_]+[0-9]+$")], str],
        Field(min_length=1, max_length=10),
    ] = Field(description="Field of the template, e.g. thing1, and its text with {variables}.")
    page: Annotated[str, StringConstraints(max_length=200)] | None = None


class Message(Part):
    """What one audience is told on one channel when an event happens.

    `must_arrive`: retried until delivered and not silenced by the person's settings.
    """

    event: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z_]+$")]
    to: Audience
    channel: Literal["sms", "inapp", "wechat"]
    title: LocalText | None = None
    text: Annotated[LocalProse, AfterValidator(_braces)]
    must_arrive: bool = False
    providers: dict[Literal["aliyun", "tencent"], ProviderTemplate] = Field(
        default_factory=dict, description="For SMS: the approved template of each provider."
    )

    wechat: WechatTemplate | None = Field(default=None, description="For WeChat: the approved template.")

    @model_validator(mode="after")
    def _wechat_has_a_template(self) -> "Message":
        if (self.channel == "wechat") != (self.wechat is not None):
            raise broken(
                "wechat 渠道须写 wechat 模板，其他渠道不写",
                "the channel wechat needs the section wechat",
            )
        for text in self.wechat.fields.values() if self.wechat else ():
            try:
                variables_of(text)
            except ValueError:
                raise broken("变量要写成 {name}", "write variables as {name}") from None
        return self

    @property
    def variables(self) -> frozenset[str]:
        """The variables that either language, or a field of WeChat's template, uses."""
        used = variables_of(self.text.zh) | variables_of(self.text.en)
        return (
            used.union(*(variables_of(text) for text in self.wechat.fields.values())) if self.wechat else used
        )


SMS_LIMIT = 500
"""Characters of a long SMS that Chinese carriers accept in parts; a longer template is a fault."""
