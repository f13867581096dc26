"""Asks for known faults of everything that is locked: PyPI's for Python, npm's for the web apps.

Exit 1: there are some. Exit 2: a database could not be asked, or knows not every package; that is no good news.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600


def python(tool: str) -> tuple[list[str], list[str]]:
    """Return (faults, what could not be asked) of requirements.lock."""
    argv = [
        tool,
        "-r",
        "requirements.lock",
        "--require-hashes",
        "--disable-pip",
        "-f",
        "json",
        "--progress-spinner",
        "off",
    ]
    told = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    try:
        packages = json.loads(told.stdout)["dependencies"]
    except (ValueError, KeyError):
        return [], [f"pip-audit: {told.stderr.strip()[-300:]}"]
    faults = [
        f"{one['name']} {one['version']}: {fault['id']}" for one in packages for fault in one.get("vulns", ())
    ]
    return faults, [f"{one['name']}: {one['skip_reason']}" for one in packages if "skip_reason" in one]


def web() -> tuple[list[str], list[str]]:
    """Return the same of package-lock.json."""
    argv = ["npm", "audit", "--json", "--omit", "optional"]
    told = subprocess.run(
        argv, cwd=ROOT / "web", capture_output=True, text=True, timeout=SECONDS, check=False
    )
    try:
        found = json.loads(told.stdout)["vulnerabilities"]
    except (ValueError, KeyError):
        return [], [f"npm audit: {told.stderr.strip()[-300:] or told.stdout.strip()[-300:]}"]
    return [f"{name}: {one['severity']}" for name, one in found.items()], []


def main() -> int:
    """Ask both; return the exit code."""
    faults, unasked = [], []
    for found, missing in (python(sys.argv[1]), web()):
        faults += found
        unasked += missing
    for line in faults:
        print(f"已知漏洞 known fault  {line}")
    for line in unasked[:10]:
        print(f"无法查询 not asked    {line}")
    print(f"{len(faults)} known faults, {len(unasked)} not asked")
    return 1 if faults else 2 if unasked else 0


if __name__ == "__main__":
    sys.exit(main())
