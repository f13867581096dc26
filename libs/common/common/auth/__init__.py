"""Who is calling and what they may do."""

from .actor import Actor, ActorKind, audiences_of
from .confirmed import require_confirmed
from .eyes import Eyes
from .permissions import REPLAY_EVENTS, Permission, all_permissions, meaning_of, permission
from .tokens import TokenVerifier

__all__ = [
    "REPLAY_EVENTS",
    "Actor",
    "ActorKind",
    "Eyes",
    "Permission",
    "TokenVerifier",
    "all_permissions",
    "audiences_of",
    "meaning_of",
    "permission",
    "require_confirmed",
]
