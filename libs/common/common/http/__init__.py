"""HTTP edge shared by all services: sessions, permissions, problems, idempotency, paging."""

from .context import ServiceContext
from .deps import (
    ContextDep,
    MaybeActorDep,
    PublicSessionDep,
    SessionDep,
    authenticate,
    context_of,
    requires,
    requires_any,
    tenant_of,
)
from .edits import IfMatchDep, check_version, is_next
from .keys import KeysDep, LinkKeyDep, PublicKeysDep
from .once import Once, OnceDep
from .paging import Cursor, CursorDep, Page
from .validation import refused

__all__ = [
    "ContextDep",
    "Cursor",
    "CursorDep",
    "IfMatchDep",
    "KeysDep",
    "LinkKeyDep",
    "MaybeActorDep",
    "Once",
    "OnceDep",
    "Page",
    "PublicKeysDep",
    "PublicSessionDep",
    "ServiceContext",
    "SessionDep",
    "authenticate",
    "check_version",
    "context_of",
    "is_next",
    "refused",
    "requires",
    "requires_any",
    "tenant_of",
]
