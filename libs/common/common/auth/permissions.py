"""Named permissions. A service declares its own in auth.py; roles that hold them come from the tenant pack."""

from typing import NewType

Permission = NewType("Permission", str)
_declared: dict[str, str] = {}


def permission(name: str, meaning: str) -> Permission:
    """Declare a permission `<service>.<thing>.<action>` with its meaning in Chinese."""
    if _declared.setdefault(name, meaning) != meaning:
        raise ValueError(f"permission {name} is declared twice with different meanings")
    return Permission(name)


def meaning_of(name: str) -> str:
    """Return a permission's meaning in Chinese; its name if it was declared nowhere."""
    return _declared.get(name, name)


def all_permissions() -> dict[str, str]:
    """Return every declared permission and its meaning."""
    return dict(_declared)


REPLAY_EVENTS = permission("events.replay", "重发事件、重建副本")
"""Asking a service to say its facts again; the same in every service."""
