"""Messages, catalogue and content: events, variables and targets are known."""

from collections.abc import Iterator
from typing import get_args

from ..content import ArticleKind
from ..faults import Place, Problem
from ..messages import MESSAGE_AUDIENCES, MESSAGE_EVENTS, SMS_LIMIT, Message
from ..shape import View
from .references import unknown, wrong

_TARGETS = {
    "product": ("product", "products"),
    "claim": ("claim kind", "claims"),
    "article": ("article", "content"),
}


def check_texts(view: View) -> Iterator[Problem]:
    """Yield the faults of messages, catalogue entries and articles."""
    for number, item in view.listed("catalogue").items():
        if item.opens in _TARGETS:
            kind, section = _TARGETS[item.opens]
            yield from unknown(("catalogue", number, "target"), kind, item.target, view.codes(section))
        if item.opens == "articles":
            yield from unknown(
                ("catalogue", number, "target"), "article kind", item.target, get_args(ArticleKind)
            )
        if item.opens == "dues" and "dues" not in view.sections:
            continue
        if item.opens == "dues" and view.section("dues") is None:
            yield wrong(
                ("catalogue", number, "opens"), "no_dues", "没有会费设置 dues", "the pack has no dues"
            )
    for number, article in view.listed("content").items():
        if article.product:
            yield from unknown(
                ("content", number, "product"), "product", article.product, view.codes("products")
            )
    yield from _messages(view)


def _messages(view: View) -> Iterator[Problem]:
    for number, message in view.listed("messages").items():
        place = ("messages", number)
        yield from unknown((*place, "event"), "event", message.event, MESSAGE_EVENTS)
        known = MESSAGE_EVENTS.get(message.event)
        if known is not None and message.variables - known:
            names = ", ".join(sorted(message.variables - known))
            zh = f"事件 {message.event} 没有变量 {names}，可用：{', '.join(sorted(known))}"
            en = f"the event {message.event} has no variable {names}; it has: {', '.join(sorted(known))}"
            yield wrong((*place, "text"), "unknown_variable", zh, en)
        yield from _audience(place, message)
        if message.channel == "sms" and max(len(message.text.zh), len(message.text.en)) > SMS_LIMIT:
            yield wrong(
                (*place, "text"),
                "too_long",
                f"短信不能超过 {SMS_LIMIT} 字",
                f"an SMS has at most {SMS_LIMIT} characters",
            )


def _audience(place: Place, message: Message) -> Iterator[Problem]:
    told = MESSAGE_AUDIENCES.get(message.event)
    if told is not None and message.to not in told:
        zh = f"事件 {message.event} 只告知 {'、'.join(sorted(told))}，写给 {message.to} 的模板不会用到"
        en = f"the event {message.event} is told to {', '.join(sorted(told))} only, never to {message.to}"
        yield wrong((*place, "to"), "wrong_audience", zh, en)
