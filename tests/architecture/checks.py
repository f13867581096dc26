"""The architecture's rules as functions from modules to faults, so that each can be shown a planted violation."""

import ast
from collections.abc import Iterable, Iterator

from .source import SERVICES, Module, imports

RANK = {
    "app": 6, "worker": 6, "composition": 6, "recognizer": 6,
    "endpoints": 5, "consumers": 5, "jobs": 5,
    "service": 4,
    "repository": 3,
    "models": 2,
    "rules": 1,
}  # fmt: skip
IMPURE = (
    "sqlalchemy",
    "fastapi",
    "starlette",
    "aiokafka",
    "httpx",
    "redis",
    "minio",
    "asyncpg",
    "asyncio",
    "os",
    "random",
)
SQL_NAMES = {"select", "insert", "update", "delete", "text"}
EDGES = ("common.db.engine", "common.db.alembic_env", "common.events.relay")
BANNED_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "misc"}


def package_of(module: Module) -> str:
    return module.name if module.path.endswith("__init__.py") else module.name.rsplit(".", 1)[0]


def upward_imports(found: Iterable[Module]) -> Iterator[str]:
    """Rooms import only rooms below them: app > endpoints, consumers > service > repository > models > rules."""
    for module in found:
        mine = RANK.get(module.room)
        if mine is None:
            continue
        for line, name in imports(module.tree, package_of(module)):
            parts = name.split(".")
            if parts[0] not in SERVICES:
                continue
            theirs = max((RANK[part] for part in parts[1:] if part in RANK), default=None)
            if theirs is not None and theirs > mine:
                yield f"{module.path}:{line} imports {name}, a room above it"


def foreign_services(found: Iterable[Module]) -> Iterator[str]:
    """A service imports no other service."""
    for module in found:
        for line, name in imports(module.tree, package_of(module)):
            top = name.split(".", 1)[0]
            if top in SERVICES and top != module.service:
                yield f"{module.path}:{line} imports {top}"


def impure_rules(found: Iterable[Module]) -> Iterator[str]:
    """Rules are pure: no I/O library, no clock of their own."""
    for module in found:
        if module.room != "rules":
            continue
        for line, name in imports(module.tree, package_of(module)):
            if name.split(".", 1)[0] in IMPURE:
                yield f"{module.path}:{line} imports {name}"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "clock.now",
                "clock.today",
                "now",
                "today",
                "date.today",
                "datetime.now",
            }:
                yield f"{module.path}:{node.lineno} asks for the time"


def commits(found: Iterable[Module]) -> Iterator[str]:
    """Only the edges commit."""
    for module in found:
        if module.name in EDGES:
            continue
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "commit"
            ):
                if "consumer" in ast.unparse(node.func.value) and module.name.startswith("common."):
                    continue  # a bus consumer's offsets
                yield f"{module.path}:{node.lineno} commits"


def sql_outside(found: Iterable[Module]) -> Iterator[str]:
    """SQL stands in repository files; raw statements only inside unscoped(…, why=…)."""
    for module in found:
        names = _sql_names(module)
        if not names:
            continue
        if module.room != "repository" and "repository" not in module.name.split("."):
            yield f"{module.path} imports {', '.join(sorted(names))} from sqlalchemy outside a repository"
            continue
        yield from _unmarked(module, names)


def _sql_names(module: Module) -> set[str]:
    return {
        name.rsplit(".", 1)[1]
        for _, name in imports(module.tree, package_of(module))
        if name.startswith("sqlalchemy") and name.rsplit(".", 1)[1] in SQL_NAMES
    }


def _unmarked(module: Module, names: set[str]) -> Iterator[str]:
    """Statements that start at select(…) or text(…) but never pass through unscoped or the tenant's condition."""
    for node in ast.walk(module.tree):
        if not (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)):
            continue
        body = ast.unparse(node)
        uses = [
            call for call in ast.walk(node)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names
        ]  # fmt: skip
        if uses and not any(mark in body for mark in ("unscoped(", "tenant_id", "self.mine(", "self.select")):
            yield f"{module.path}:{uses[0].lineno} {uses[0].func.id}(…) without the tenant"  # type: ignore[attr-defined]


def union_names(found: Iterable[Module], codes: Iterable[str]) -> Iterator[str]:
    """No union is named in code: a union is data."""
    wanted = set(codes)
    for module in found:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in wanted:
                yield f"{module.path}:{node.lineno} names the union {node.value}"


def vague_names(found: Iterable[Module]) -> Iterator[str]:
    """No room is called utils, helpers, manager, base or misc."""
    for module in found:
        if BANNED_NAMES & set(module.name.split(".")):
            yield f"{module.path} has a name that says nothing"


def long_files(found: Iterable[Module], limit: int = 300) -> Iterator[str]:
    """Files stay small."""
    for module in found:
        lines = module.text.count("\n")
        if lines > limit:
            yield f"{module.path} has {lines} lines"


def own_clock(found: Iterable[Module]) -> Iterator[str]:
    """Only common.clock asks the operating system for the date."""
    for module in found:
        if module.name == "common.clock":
            continue
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "datetime.now",
                "datetime.utcnow",
                "date.today",
                "datetime.today",
            }:
                yield f"{module.path}:{node.lineno} asks the operating system for the date"
