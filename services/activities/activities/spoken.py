"""Instants as people are told them: the time of Asia/Shanghai. Pure."""

from datetime import datetime

from common.clock import BUSINESS_ZONE


def spoken(at: datetime) -> str:
    """Return an aware instant in the words of a sentence: 2026-11-28 20:25."""
    return f"{at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"
