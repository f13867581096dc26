"""The tree from which an upgrade comes, taken out of the repository's history."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.conftest import ROOT

FROM = "HUZHU_UPGRADE_FROM"
RELEASES = Path(__file__).with_name("releases.txt")
"""Commits that installations may run and upgrade from, newest first."""
MIGRATIONS = "services/*/migrations/versions/*.py"


def git(*words: str) -> str:
    """Return what git says; an empty text where it refuses."""
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def releases() -> list[str]:
    """Return the releases, newest first."""
    lines = RELEASES.read_text().splitlines()
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]


def before() -> tuple[str, str]:
    """Return the commit to upgrade from, or nothing and why there is none.

    HUZHU_UPGRADE_FROM names it; else it is the newest release whose databases are not those of this tree.
    """
    if shutil.which("git") is None or git("rev-parse", "--is-inside-work-tree") != "true":
        return "", "this is no git checkout: there is no older code to run beside this one"
    if chosen := os.environ.get(FROM):
        return git("rev-parse", f"{chosen}^{{commit}}"), f"{FROM} names no commit: {chosen}"
    for release in releases():
        commit = git("rev-parse", "--verify", "--quiet", f"{release}^{{commit}}")
        if commit and git("diff", "--name-only", "--diff-filter=A", commit, "--", MIGRATIONS):
            return commit, ""
    return "", "the history holds no release with other databases (a shallow clone): no older code to run"


def take(commit: str, folder: Path) -> Path:
    """Lay a commit's tree out in a folder."""
    archive = folder.with_suffix(".tar")
    subprocess.run(["git", "-C", str(ROOT), "archive", "-o", str(archive), commit], check=True)
    folder.mkdir()
    subprocess.run(["tar", "-xf", str(archive), "-C", str(folder)], check=True)
    archive.unlink()
    return folder


def path_of(tree: Path) -> str:
    """Return PYTHONPATH that makes a process run a tree's code, whatever is installed."""
    services = sorted(one for one in (tree / "services").iterdir() if one.is_dir())
    return os.pathsep.join(
        str(one) for one in (tree / "libs" / "common", *services, tree / "deploy" / "local")
    )
