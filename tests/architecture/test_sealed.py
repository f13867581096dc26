"""Every context under which a service seals is declared, so that a change of key reaches what stands under it."""

import ast
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import pytest

from common.crypto import SealedValues
from common.crypto.sealed import SHARED
from huzhu.home import SERVICES

ROOT = Path(__file__).resolve().parents[2]
PASSING = {"idempotency.answer", "upload_key:{id}", "person_key:{id}"}
"""Under the first stand answers that are forgotten after 14 days."""


def trees(folder: Path) -> list[ast.Module]:
    files = [path for path in folder.rglob("*.py") if "migrations" not in path.parts]
    return [ast.parse(path.read_text(encoding="utf-8")) for path in files]


def texts(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Constants of a module that are texts, those of `A, B = "a", "b"` too."""
    for node in tree.body:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target, value = node.targets[0], node.value
        both = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)
        pairs = zip(target.elts, value.elts, strict=True) if both else [(target, value)]
        for name, one in pairs:
            if isinstance(name, ast.Name) and isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield name.id, one.value


def contexts_in(modules: list[ast.Module]) -> set[str]:
    """What is given as `context=` to a seal, literally or by a constant of the service."""
    named: dict[str, set[str]] = {}
    for tree in modules:
        for name, value in texts(tree):
            named.setdefault(name, set()).add(value)
    return {found for tree in modules for node in ast.walk(tree) for found in _of_call(node, named)}


def _of_call(node: ast.AST, named: Mapping[str, set[str]]) -> set[str]:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return set()
    if node.func.attr not in {"seal", "seal_bytes", "sealed", "open", "open_bytes", "open_sealed"}:
        return set()
    for keyword in node.keywords:
        if keyword.arg == "context" and isinstance(keyword.value, ast.Constant):
            return {str(keyword.value.value)}
        if keyword.arg == "context" and isinstance(keyword.value, ast.Name):
            # A short name may stand for other things too; a context has a dot or is a word of its own.
            return {text for text in named.get(keyword.value.id, ()) if "." in text}
    return set()


def declared(service: str) -> SealedValues:
    values = import_module(f"{service}.sealed").SEALED
    assert isinstance(values, SealedValues)
    return values


@pytest.mark.parametrize("service", SERVICES)
def test_every_context_is_declared(service: str) -> None:
    used = contexts_in(trees(ROOT / "services" / service / service))
    assert used - {*declared(service).contexts, *SHARED} == set()
    worker = (ROOT / "services" / service / service / "worker.py").read_text(encoding="utf-8")
    assert "sealed=SEALED" in worker, "its rows follow the key"


def test_the_shared_contexts_are_declared() -> None:
    assert contexts_in(trees(ROOT / "libs" / "common" / "common")) - {*SHARED, *PASSING} == set()


def test_a_context_that_nobody_declared_is_found() -> None:
    planted = ast.parse(
        'NEW = "planted.one"\nkeys.seal(x, context=NEW)\nkeys.seal_bytes(x, context="planted")'
    )
    assert contexts_in([planted]) == {"planted.one", "planted"}
