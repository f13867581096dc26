"""Confirmed a moment ago (本人确认): where a member's money goes is changed by more than a session (docs/adr/0033)."""

from datetime import timedelta

from ..clock import now
from ..errors import ConfirmationNeeded
from .actor import Actor, ActorKind

FRESH = timedelta(minutes=5)
"""As long as a code by SMS is good."""


def require_confirmed(actor: Actor) -> None:
    """ConfirmationNeeded for a member whose mobile has not been proved in this session a moment ago.

    Of members only: staff act for others within their roles, and no money leaves without two of them.
    """
    if actor.kind is not ActorKind.MEMBER:
        return
    if actor.confirmed_at is None or now() - actor.confirmed_at > FRESH:
        raise ConfirmationNeeded
