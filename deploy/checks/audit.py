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
        said = (told.stderr.strip() or told.stdout.strip()).splitlines()
        return [], [next((line for line in said if " audit " in line), "npm audit")[:200]]
    return [f"{name}: {one['severity']}" for name, one in found.items()], []


def sentence(where: str, missing: list[str]) -> str:
    """Say once, with an example, what could not be asked and what to do."""
    return (
        f"无法查询 not asked: {where} 的漏洞库未能查询（{len(missing)} 项，例如 {missing[0]}）。"
        f"这里的软件源没有漏洞库或不能访问，结果不代表没有漏洞：请在能访问 {where} 的机器上再运行 make audit。"
        f" {len(missing)} could not be asked of {where}: the registry used here has no database of faults, or is not"
        f" to be reached. That is no good news: run make audit where {where} can be reached."
    )


def main() -> int:
    """Ask both; return the exit code."""
    faults, unasked = [], []
    for where, (found, missing) in (("pypi.org", python(sys.argv[1])), ("registry.npmjs.org", web())):
        faults += found
        unasked += missing
        for line in found:
            print(f"已知漏洞 known fault  {line}")
        if missing:
            print(sentence(where, missing))
    print(f"{len(faults)} known faults, {len(unasked)} not asked")
    return 1 if faults else 2 if unasked else 0


if __name__ == "__main__":
    sys.exit(main())
