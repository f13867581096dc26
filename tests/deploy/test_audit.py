"""`make audit` and its step of CI: a known fault fails both; what cannot be asked fails the one, the other says it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .manifests import ROOT

CLEAN = {
    "pip-audit": json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": []}]}),
    "npm": json.dumps({"vulnerabilities": {}}),
}
FAULTY = {
    "pip-audit": json.dumps({"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1"}]}]}),
    "npm": json.dumps({"vulnerabilities": {"b": {"severity": "high"}}}),
}
AWAY = {"pip-audit": "connection refused", "npm": "npm error audit endpoint returned an error"}


def audit(folder: Path, answers: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """Ask programs that answer so."""
    for name, answer in answers.items():
        (folder / f"{name}.answer").write_text(answer)
        program = folder / name
        program.write_text(f"#!/bin/sh\ncat {folder}/{name}.answer\n")
        program.chmod(0o755)
    argv = [sys.executable, ROOT / "deploy/checks/audit.py", folder / "pip-audit", *words]
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    return subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("answers", "by_hand", "in_ci", "told"),
    [
        (CLEAN, 0, 0, "0 known faults, 0 not asked"),
        (FAULTY, 1, 1, "PYSEC-1"),
        (AWAY, 2, 0, "registry.npmjs.org"),
        ({**AWAY, "npm": FAULTY["npm"]}, 1, 1, "b: high"),
    ],
    ids=["clean", "faulty", "nobody to ask", "one to ask"],
)
def test_a_fault_fails_and_what_cannot_be_asked_is_said(
    tmp_path: Path, answers: dict[str, str], by_hand: int, in_ci: int, told: str
) -> None:
    for words, code in (((), by_hand), (("--where-reachable",), in_ci)):
        done = audit(tmp_path, answers, *words)
        assert (done.returncode, told in done.stdout) == (code, True), done.stdout + done.stderr
        assert ("skipped" in done.stdout) == (answers is AWAY and bool(words))


def test_a_tool_that_could_not_be_installed_is_said(tmp_path: Path) -> None:
    done = audit(tmp_path, {"npm": CLEAN["npm"]}, "--where-reachable")
    assert done.returncode == 0 and "pypi.org" in done.stdout


def test_it_is_a_step_of_its_own_and_the_last() -> None:
    steps = [line for line in (ROOT / ".ci/run").read_text().splitlines() if line.startswith("make ")]
    assert steps[-1] == "make audit-in-ci"
