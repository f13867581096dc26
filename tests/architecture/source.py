"""The source tree as the architecture tests see it: modules, rooms, syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("identity", "enrollment", "claims", "notify", "ocr", "activities")


@dataclass(frozen=True)
class Module:
    """One Python file: dotted name, path below the repository, text and tree."""

    name: str
    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        """The file's name without its ending: endpoints, service, repository, rules, …"""
        return self.name.rsplit(".", 1)[-1]

    @property
    def service(self) -> str:
        return self.name.split(".", 1)[0]


def modules(*packages: str, root: Path = ROOT) -> Iterator[Module]:
    """Yield the modules of the services (default: all) or of other packages by folder."""
    for package in packages or tuple(f"services/{name}/{name}" for name in SERVICES):
        folder = root / package
        for path in sorted(folder.rglob("*.py")):
            name = ".".join(path.relative_to(folder.parent).with_suffix("").parts)
            yield Module(name, str(path.relative_to(root)), path.read_text(encoding="utf-8"))


def imports(tree: ast.Module, package: str) -> Iterator[tuple[int, str]]:
    """Yield (line, absolute dotted name) of everything a module imports; `package` is its parent package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")
                parents = parts[: len(parts) - node.level + 1]
                base = ".".join([*parents, base]) if base else ".".join(parents)
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"
