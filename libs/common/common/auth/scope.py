"""What a caller may see: the tenant, a part of the organisation, a unit, or their own; as SQL in common.db.scope.

Staff see the subtree of their organisation node, a unit's handlers their unit, members what is their own, the
platform's jobs everything, others nothing. Row-level security holds beneath it.
"""

from .actor import Actor, ActorKind


def path_range(path: str) -> tuple[str, str]:
    """Return the half-open range of the paths at and below "/a/b/" ("0" is the character behind "/").

    A range, not LIKE: LIKE is not leakproof, so under row-level security no index is used for it.
    """
    full = path if path.endswith("/") else f"{path}/"
    return full, f"{full[:-1]}0"


def sees_whole_tenant(actor: Actor) -> bool:
    """Whether the caller's scope is everything of the tenant."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    return actor.kind is ActorKind.STAFF and actor.org_path in ("", "/")


def reaches_whole_tenant(actor: Actor) -> bool:
    """Whether the caller acts on the whole organisation: also the platform's operators, who see no person's rows."""
    return sees_whole_tenant(actor) or actor.kind is ActorKind.PLATFORM


def reaches(actor: Actor, path: str) -> bool:
    """Whether a part of the organisation lies within the caller's reach."""
    if reaches_whole_tenant(actor):
        return True
    low, high = path_range(actor.org_path)
    return actor.kind is ActorKind.STAFF and low <= path < high
