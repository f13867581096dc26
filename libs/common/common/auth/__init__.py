"""Who is calling and what they may do."""

from .actor import Actor, ActorKind
from .permissions import Permission, all_permissions, permission
from .tokens import TokenVerifier

__all__ = ["Actor", "ActorKind", "Permission", "TokenVerifier", "all_permissions", "permission"]
