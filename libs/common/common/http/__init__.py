"""HTTP edge shared by all services: sessions, permissions, problems, idempotency, paging."""

from .app import ServiceContext, build_app
from .deps import PublicSessionDep, SessionDep, authenticate, context_of, requires, tenant_of
from .edits import IfMatchDep, check_version
from .once import Once, OnceDep
from .paging import Cursor, CursorDep, Page

__all__ = [
    "Cursor",
    "CursorDep",
    "IfMatchDep",
    "Once",
    "OnceDep",
    "Page",
    "PublicSessionDep",
    "ServiceContext",
    "SessionDep",
    "authenticate",
    "build_app",
    "check_version",
    "context_of",
    "requires",
    "tenant_of",
]
