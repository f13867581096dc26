"""Asks for known faults of everything that is locked: PyPI's for Python, npm's for the web apps.

Exit 1: there are some. Exit 2: a database could not be asked, or knows not every package; that is no good news. With
--where-reachable (in CI) that is said and no failure: what could be asked is what counts.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300


def answer_of(argv: list[str], folder: Path) -> tuple[str, str]:
    """Return what a program said; one that is not there, or hangs on a network that answers nobody, said that."""
    try:
        told = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", f"{argv[0]}: {error}"
    return told.stdout, told.stderr


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
    out, err = answer_of(argv, ROOT)
    try:
        packages = json.loads(out)["dependencies"]
    except (ValueError, KeyError):
        return [], [f"pip-audit: {err.strip()[-300:]}"]
    faults = [
        f"{one['name']} {one['version']}: {fault['id']}" for one in packages for fault in one.get("vulns", ())
    ]
    return faults, [f"{one['name']}: {one['skip_reason']}" for one in packages if "skip_reason" in one]


def web() -> tuple[list[str], list[str]]:
    """Return the same of package-lock.json."""
    argv = ["npm", "audit", "--json", "--omit", "optional"]
    out, err = answer_of(argv, ROOT / "web")
    try:
        found = json.loads(out)["vulnerabilities"]
    except (ValueError, KeyError):
        said = (err.strip() or out.strip()).splitlines()
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
    lenient = "--where-reachable" in sys.argv
    faults, unasked = [], []
    for where, (found, missing) in (("pypi.org", python(sys.argv[1])), ("registry.npmjs.org", web())):
        faults += found
        unasked += missing
        for line in found:
            print(f"已知漏洞 known fault  {line}")
        if missing:
            print(sentence(where, missing))
    print(f"{len(faults)} known faults, {len(unasked)} not asked")
    if unasked and not faults and lenient:
        print("跳过 skipped: 见上，未查询的部分不算失败 what could not be asked is no failure here")
    return 1 if faults else 2 if unasked and not lenient else 0


if __name__ == "__main__":
    sys.exit(main())
