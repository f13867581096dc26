"""Building an image's file system and running its processes, from tests."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ROOT / "deploy" / "images"
_FRONT = (
    "unshare",
    "--mount",
    "--propagation",
    "private",
    sys.executable,
    "-m",
    "tests.deploy.image_builder",
)


def why_not() -> str | None:
    """Why images cannot be built here; None when they can."""
    if os.name != "posix" or sys.platform != "linux" or os.geteuid() != 0:
        return "laying file systems over each other needs Linux and root"
    if shutil.which("unshare") is None:
        return "there is no `unshare`"
    probe = "mkdir -p u w m && mount -t overlay o -o lowerdir=/,upperdir=u,workdir=w m"
    folder = ROOT / "build" / "overlay-probe"
    folder.mkdir(parents=True, exist_ok=True)
    tried = subprocess.run(
        ["unshare", "--mount", "sh", "-c", probe], cwd=folder, capture_output=True, check=False
    )
    return None if tried.returncode == 0 else "this machine lets nobody mount an overlay"


def build(dockerfile: str, out: Path, **arguments: str) -> None:
    """Run all steps of a Dockerfile; its image lies below `out` afterwards."""
    words = [word for name, value in arguments.items() for word in ("--arg", f"{name}={value}")]
    done = subprocess.run(
        [*_FRONT, "build", str(IMAGES / dockerfile), str(out), *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def start(
    dockerfile: str, out: Path, command: list[str], environment: dict[str, str], log: Path, **arguments: str
) -> subprocess.Popen[bytes]:
    """Start a command of the image with nothing but this environment."""
    words = [word for name, value in arguments.items() for word in ("--arg", f"{name}={value}")]
    outside = {**os.environ, "IMAGE_KEEPS": "[]", "IMAGE_SETS": json.dumps(environment)}
    argv = [*_FRONT, "run", str(IMAGES / dockerfile), str(out), *words, "--command", *command]
    with log.open("ab") as output:
        return subprocess.Popen(argv, cwd=ROOT, env=outside, stdout=output, stderr=output)
