"""What leaves the platform: SMS templates of providers, subscription messages of WeChat."""

from collections import Counter
from collections.abc import Iterator

from ..faults import Place, Problem
from ..messages import MESSAGE_EVENTS, WECHAT_FIELDS, Message
from ..shape import View
from .references import wrong


def check_channels(view: View) -> Iterator[Problem]:
    """Yield the faults of what providers and WeChat are to be asked for."""
    messages = view.listed("messages")
    for number, message in messages.items():
        place = ("messages", number)
        yield from _providers(place, message)
        yield from _wechat(place, message)
    yield from _complete(messages)
    yield from _signature(view, messages)
    yield from _mini_program(view, messages)


def _providers(place: Place, message: Message) -> Iterator[Problem]:
    known = MESSAGE_EVENTS.get(message.event, frozenset())
    if message.providers and message.channel != "sms":
        zh, en = "只有短信有服务商模板", "only SMS have templates of providers"
        yield wrong((*place, "providers"), "not_sms", zh, en)
    for name, template in message.providers.items():
        where = (*place, "providers", name, "variables")
        for variable, times in Counter(template.variables).items():
            if variable not in known:
                options = ", ".join(sorted(known))
                zh = f"事件 {message.event} 没有变量 {variable}，可用：{options}"
                en = f"the event {message.event} has no variable {variable}; it has: {options}"
                yield wrong(where, "unknown_variable", zh, en)
            if times > 1:
                zh, en = f"变量 {variable} 写了 {times} 次", f"the variable {variable} stands {times} times"
                yield wrong(where, "double_variable", zh, en)


def _wechat(place: Place, message: Message) -> Iterator[Problem]:
    for field in message.wechat.fields if message.wechat else ():
        if field.rstrip("0123456789") not in WECHAT_FIELDS:
            kinds = ", ".join(WECHAT_FIELDS)
            zh = f"微信模板没有字段类别 {field}，可用：{kinds}（后加序号）"
            en = f"WeChat's templates have no field {field}; its kinds, with a number: {kinds}"
            yield wrong((*place, "wechat", "fields", field), "unknown_field", zh, en)


def _complete(messages: dict[int, Message]) -> Iterator[Problem]:
    """A provider that is to send some of the SMS must have a template of each: the others would never leave."""
    used = sorted({name for message in messages.values() for name in message.providers})
    for number, message in messages.items():
        for name in used if message.channel == "sms" else ():
            if name not in message.providers:
                zh = f"其他短信有 {name} 的模板，这一条没有，由它发送时将发不出去"
                en = f"other SMS have a template of {name}, this one has none and could not be sent by it"
                yield wrong(("messages", number, "providers"), "template_missing", zh, en)


def _signature(view: View, messages: dict[int, Message]) -> Iterator[Problem]:
    tenant = view.section("tenant")
    if tenant is None:
        return
    signature = tenant.sms_signature
    if signature is None:
        if any(message.providers for message in messages.values()):
            zh, en = "用服务商模板发短信须写短信签名 sms_signature", "SMS of providers need sms_signature"
            yield wrong(("tenant", "sms_signature"), "signature_missing", zh, en)
        return
    for number, message in messages.items():
        if message.channel == "sms" and not message.text.zh.startswith(f"【{signature}】"):
            zh = f"短信须以报备的签名【{signature}】开头"
            en = f"an SMS begins with the approved signature 【{signature}】"
            yield wrong(("messages", number, "text", "zh"), "signature_differs", zh, en)


def _mini_program(view: View, messages: dict[int, Message]) -> Iterator[Problem]:
    registration = view.section("registration")
    if registration is None or registration.sign_in.wechat is not None:
        return
    for number, message in messages.items():
        if message.channel == "wechat":
            zh = "发微信订阅消息须在 registration.sign_in.wechat 写明小程序"
            en = "subscription messages need the mini-program in registration.sign_in.wechat"
            yield wrong(("messages", number, "channel"), "no_mini_program", zh, en)
