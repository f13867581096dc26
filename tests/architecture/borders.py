"""Who may ask the database, and who may speak to the world outside: functions from modules to faults."""

import ast
from collections.abc import Iterable, Iterator

from .checks import package_of
from .source import Module, imports

QUERIES = {
    "get", "get_one", "execute", "scalar", "scalars", "stream", "stream_scalars",
    "merge", "delete", "connection", "run_sync", "query",
}  # fmt: skip
"""What a session is asked in a repository only; `add`, `flush` and `refresh` are no questions about rows."""

WRITES_DOWN = {"flush", "refresh"}
"""What an endpoint may ask for all the same: that what the service changed has its numbers before it is answered."""

OUTSIDE = ("httpx", "requests", "aiohttp", "urllib.request", "http.client")
ADAPTERS = {
    "identity.sso.cas": "the port of portals that speak CAS",
    "identity.sso.oidc": "the port of portals that speak OpenID Connect",
    "identity.sso.outside": "the client of both, with its limits",
    "notify.sending.wechat": "the port of WeChat's messages; called by the sender's job, never by a request",
    "notify.webhooks.calling": "calls a union's own systems; called by the delivery's job, never by a request",
}
"""Modules beside those in `ports` that call somebody else's server, each with its reason."""


def asked_outside(found: Iterable[Module]) -> Iterator[str]:
    """A session is asked in repositories; an endpoint hands it to a service and asks it nothing itself."""
    for module in found:
        if "repository" in module.name.split("."):
            continue
        repositories = _of_repositories(module)
        for node in ast.walk(module.tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            holder = node.func.value
            if not _is_session(holder):
                continue
            if _is_endpoint(module) and node.func.attr not in WRITES_DOWN:
                yield f"{module.path}:{node.lineno} {ast.unparse(node.func)}(…) in an endpoint"
            elif node.func.attr in QUERIES and node not in repositories:
                yield f"{module.path}:{node.lineno} {ast.unparse(node.func)}(…) outside a repository"


def _is_session(node: ast.expr) -> bool:
    """`session`, `self.session`, `new_session`."""
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return name == "session" or name.endswith("_session")


def _is_endpoint(module: Module) -> bool:
    return module.room.endswith("endpoints")


def _of_repositories(module: Module) -> set[ast.AST]:
    """Everything that stands in a class called …Repository."""
    return {
        inner
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith("Repository")
        for inner in ast.walk(node)
    }


def repositories_in_endpoints(found: Iterable[Module]) -> Iterator[str]:
    """Endpoints call services. What they import of a repository's file is a type: a filter, a row of figures."""
    for module in found:
        if not _is_endpoint(module):
            continue
        for line, name in imports(module.tree, package_of(module)):
            *parents, last = name.split(".")
            of_repository = last == "repository" or ("repository" in parents and not last[:1].isupper())
            if of_repository or last.endswith("Repository"):
                yield f"{module.path}:{line} imports {name}: endpoints call services"


def calls_out(found: Iterable[Module]) -> Iterator[str]:
    """Somebody else's server is called through a port, and the bus is reached through the outbox only."""
    for module in found:
        for line, name in imports(module.tree, package_of(module)):
            if _below(name, ("common.bus", "aiokafka")):
                yield f"{module.path}:{line} imports {name}: events go through the outbox"
            elif _below(name, OUTSIDE) and not _is_port(module):
                yield f"{module.path}:{line} imports {name}: others are called through a port"


def _below(name: str, packages: Iterable[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _is_port(module: Module) -> bool:
    return "ports" in module.name.split(".") or module.name in ADAPTERS
