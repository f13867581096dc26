"""Pure rules of what other systems tell of their users."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from common.contracts.pack.entrances import PortalAttributes

LONGEST = 200
HAND_OVER_SECONDS = 300
"""How long a hand-over may be good at most."""
SKEW_SECONDS = 60
"""By how much the other system's clock may be ahead."""


class Told(NamedTuple):
    """What another system says of its user."""

    subject: str
    name: str | None = None
    work_number: str | None = None
    document_kind: str = "resident_id"
    document_number: str | None = None
    mobile: str | None = None
    user_name: str | None = None


def told_by(facts: Mapping[str, Any], names: PortalAttributes) -> Told | None:
    """Return what a portal tells under the names that the pack gives; None where it does not say who it is.

    A value of several counts as its first; only texts and whole numbers count.
    """
    subject = _text(facts.get(names.subject))
    if subject is None:
        return None
    return Told(
        subject=subject,
        name=_text(facts.get(names.name)),
        work_number=_text(facts.get(names.work_number or "")),
        document_number=_text(facts.get(names.document_number or "")),
        mobile=_text(facts.get(names.mobile or "")),
        user_name=_text(facts.get(names.user_name or "")),
    )


def hand_over_lives(claims: Mapping[str, Any], *, at: float) -> bool:
    """Whether a hand-over's times hold: issued not in the future, not over, and short-lived."""
    issued, expires = _number(claims.get("iat")), _number(claims.get("exp"))
    if issued is None or expires is None:
        return False
    if issued > at + SKEW_SECONDS or at >= expires:
        return False
    return 0 < expires - issued <= HAND_OVER_SECONDS


def told_in(claims: Mapping[str, Any]) -> Told | None:
    """Return what a hand-over says of the host's user (docs/hand-over.md); None without a subject."""
    subject = _text(claims.get("sub"))
    if subject is None:
        return None
    return Told(
        subject=subject,
        name=_text(claims.get("name")),
        document_kind=_text(claims.get("document_kind")) or "resident_id",
        document_number=_text(claims.get("document_number")),
        mobile=_text(claims.get("mobile")),
    )


def _text(value: object) -> str | None:
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()
    return text if 0 < len(text) <= LONGEST else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
