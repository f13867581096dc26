"""Copies the web apps' lock with a version for what has none: npm lists only what has a name and a version."""

import json
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "web"
NONE = "0.0.0"


def main(folder: Path) -> None:
    """Write package.json and package-lock.json."""
    folder.mkdir(parents=True, exist_ok=True)
    package = json.loads((WEB / "package.json").read_text())
    lock = json.loads((WEB / "package-lock.json").read_text())
    package.setdefault("version", NONE)
    lock.setdefault("version", NONE)
    for one in lock["packages"].values():
        if not one.get("link"):
            one.setdefault("version", NONE)
    (folder / "package.json").write_text(json.dumps(package))
    (folder / "package-lock.json").write_text(json.dumps(lock))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
