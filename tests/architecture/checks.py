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
SQL_MODULES = {"sql", "dialects", "orm", "engine", "ext", "expression", "postgresql"}
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
        yield from _hidden_imports(module)
        names = _sql_names(module)
        if not names:
            continue
        if module.room != "repository" and "repository" not in module.name.split("."):
            yield f"{module.path} imports {', '.join(sorted(names))} from sqlalchemy outside a repository"
            continue
        yield from _unmarked(module, names)


def _hidden_imports(module: Module) -> Iterator[str]:
    """Statements are imported by their names: through a module (`sa.text`) these checks would not see them."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            if any(alias.name.split(".", 1)[0] == "sqlalchemy" for alias in node.names):
                yield f"{module.path}:{node.lineno} imports sqlalchemy as a module"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".", 1)[0] == "sqlalchemy":
            for alias in node.names:
                if alias.name in SQL_MODULES or alias.name == "*":
                    yield f"{module.path}:{node.lineno} imports sqlalchemy's {alias.name} as a module"
                elif alias.name in SQL_NAMES and alias.asname:
                    yield f"{module.path}:{node.lineno} gives {alias.name} another name"


def _sql_names(module: Module) -> set[str]:
    return {
        name.rsplit(".", 1)[1]
        for _, name in imports(module.tree, package_of(module))
        if name.startswith("sqlalchemy.") and name.rsplit(".", 1)[1] in SQL_NAMES
    }


def _unmarked(module: Module, names: set[str]) -> Iterator[str]:
    """Statements that start at select(…) or text(…) but never pass through unscoped or the tenant's condition.

    In a function the whole of it is looked at; elsewhere a statement stands in unscoped(…), or in a constant that is
    passed to it.
    """
    tree = module.tree
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    passed = _passed_to_unscoped(tree)
    seen: set[ast.AST] = set()
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in names):
            continue
        place = _place_of(call, parents)
        if place in seen or _is_marked(place, passed):
            continue
        seen.add(place)
        yield f"{module.path}:{call.lineno} {call.func.id}(…) without the tenant"


def _passed_to_unscoped(tree: ast.Module) -> set[str]:
    """Names of constants that are passed to unscoped(…) somewhere in the module."""
    return {
        node.args[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "unscoped"
        and node.args
        and isinstance(node.args[0], ast.Name)
    }


def _place_of(call: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.AST:
    """The outermost statement around a call that is no class: a function, or an assignment of module or class."""
    place, node = call, call
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.stmt) and not isinstance(node, ast.ClassDef):
            place = node
    return place


def _is_marked(place: ast.AST, passed: set[str]) -> bool:
    text = ast.unparse(place)
    if isinstance(place, ast.FunctionDef | ast.AsyncFunctionDef):
        return any(mark in text for mark in ("unscoped(", "tenant_id", "self.mine(", "self.select"))
    if isinstance(place, ast.Assign | ast.AnnAssign):
        targets = place.targets if isinstance(place, ast.Assign) else [place.target]
        if any(isinstance(target, ast.Name) and target.id in passed for target in targets):
            return True
    return "unscoped(" in text


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
