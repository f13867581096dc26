"""Events of a later release than this one: of a type, or with a content, that this version's contracts do not know.

While a release is rolled out both versions consume. What only the newer one knows waits for it (docs/adr/0037).
"""

import re
from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from ..events.asyncapi import HEARD
from ..events.contract import Event, is_known
from ..events.envelope import Envelope
from .repository import topic_of

E = TypeVar("E", bound=Event)
W = TypeVar("W")
WIRE = re.compile(r"[a-z_]+\.[a-z0-9_]+\.v[1-9][0-9]*")
UNKNOWN = "unknown to this version"
"""Reason of a parked event whose type was in no contract of the process that parked it."""


class UnreadableEvent(Exception):
    """This version cannot read an event of its type: the one who said it is of a later one."""


def is_of_a_later_release(envelope: Envelope, topic: str) -> bool:
    """Whether an event that came on a topic is of a type that this version cannot know yet.

    Not what an outsider says: on its topic may be much that never concerns the platform.
    """
    return (
        topic not in HEARD
        and topic_of(envelope) == topic
        and WIRE.fullmatch(envelope.type) is not None
        and not is_known(envelope.type)
    )


def read(contract: type[E], envelope: Envelope) -> E:
    """Return what an event says. UnreadableEvent; ValidationError where an outsider said it."""
    try:
        return contract.model_validate(envelope.data)
    except ValidationError as error:
        if contract.topic() in HEARD:
            raise
        places = ", ".join(f"{'.'.join(map(str, e['loc']))} ({e['type']})" for e in error.errors()[:5])
        raise UnreadableEvent(f"unreadable in this version: {places}") from None


def known_word(table: Mapping[str, W], word: str, of: str) -> W:
    """Return what a word of an event (`of`: its field) stands for in a handler. UnreadableEvent if unknown here."""
    if word not in table:
        raise UnreadableEvent(f"unreadable in this version: {of} (word unknown)")
    return table[word]
