"""Holds parts lists (CycloneDX) to the locks: `check.py PYTHON.json WEB.json`; exit 1 where something is missing."""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def listed(path: str) -> set[tuple[str, str]]:
    """Return name and version of every component."""
    document = json.loads(Path(path).read_text(encoding="utf-8"))
    if document["bomFormat"] != "CycloneDX":
        raise ValueError(f"{path} is no CycloneDX document")
    found = document["components"]
    return {("/".join(filter(None, (one.get("group"), one["name"]))), one["version"]) for one in found}


def python_lock() -> set[tuple[str, str]]:
    """Return the same of requirements.lock."""
    return set(ENTRY.findall((ROOT / "requirements.lock").read_text()))


def web_lock() -> set[tuple[str, str]]:
    """Return the same of package-lock.json, by the names they are installed under; the repository's own are links."""
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    places = {
        path.rpartition("node_modules/")[2]: one for path, one in packages.items() if "node_modules/" in path
    }
    return {(name, one["version"]) for name, one in places.items() if not one.get("link")}


def main() -> int:
    """Compare; return the exit code."""
    code = 0
    for path, wanted in zip(sys.argv[1:], (python_lock(), web_lock()), strict=True):
        missing = wanted - listed(path)
        for name, version in sorted(missing)[:20]:
            print(f"缺 missing  {name} {version}")
        print(f"{path}: {len(listed(path))} components, {len(missing)} of the lock missing")
        code |= bool(missing) or not wanted
    return code


if __name__ == "__main__":
    sys.exit(main())
