"""Writes what each image installs: the names of a distribution's dependencies, all the way down, as installed here.

`python deploy/images/closure.py` after `make lock`; a test compares. Versions and hashes stay in requirements.lock.
"""

import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FOLDER = Path(__file__).parent / "requirements"
OWN = "huzhu-"
IMAGES = ("identity", "enrollment", "claims", "notify", "ocr", "activities", "local")
# Machines that images run on; a wheel may want another package on another system.
PLATFORM = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}


def closure(name: str) -> set[str]:
    """Return the canonical names of all packages that a distribution needs, its own ones left out."""
    found: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(name), "")]
    while waiting:
        one = waiting.pop()
        if one in found:
            continue
        found.add(one)
        package, extra = one
        try:
            wants = distribution(package).requires or ()
        except PackageNotFoundError:
            continue  # of another platform, or replaced in pyproject.toml
        for text in wants:
            wish = Requirement(text)
            if wish.marker is None or wish.marker.evaluate({**PLATFORM, "extra": extra}):
                waiting += [(canonicalize_name(wish.name), part) for part in ("", *sorted(wish.extras))]
    return {package for package, _ in found if not package.startswith(OWN) and _installed(package)}


def _installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def text_of(image: str) -> str:
    """Return the file of one image."""
    return "".join(f"{name}\n" for name in sorted(closure(OWN + image)))


def main() -> None:
    """Write all files."""
    FOLDER.mkdir(exist_ok=True)
    for image in IMAGES:
        (FOLDER / f"{image}.txt").write_text(text_of(image))
    sys.stdout.write(f"{len(IMAGES)} files in {FOLDER}\n")


if __name__ == "__main__":
    main()
