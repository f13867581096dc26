"""Runs the steps of a Dockerfile without Docker, and a built image's command, in file systems laid over this machine's.

Each stage is an overlay: below it this machine in place of the base image, above it a folder that takes every change.
The repository itself is hidden there, so that only what COPY brings can be used. Needs root and Linux; started as
`unshare --mount --propagation private python -m tests.deploy.image_builder …`.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pathspec

from .dockerfile import Stage, Step, read

ROOT = Path(__file__).resolve().parents[2]
REACH = re.compile(r"UV_|PIP_|NPM_|NODE_|SSL_|REQUESTS_|CURL_|\w*_PROXY$")


class Layer:
    """One mounted stage."""

    def __init__(self, folder: Path) -> None:
        self.upper, self.root = folder / "upper", folder / "root"
        for made in (self.upper, self.root, folder / "work"):
            made.mkdir(parents=True, exist_ok=True)
        options = f"lowerdir=/,upperdir={self.upper},workdir={folder / 'work'}"
        _do("mount", "-t", "overlay", "overlay", "-o", options, str(self.root))
        for name in ("dev", "proc"):
            _do("mount", "--rbind", f"/{name}", str(self.root / name))
        self._python()
        _do("mount", "-t", "tmpfs", "tmpfs", str(self.root / str(ROOT).lstrip("/")))

    def _python(self) -> None:
        """The base image's `python` is this machine's, reachable for everybody."""
        base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
        for place in base.parents:
            inside = self.root / str(place).lstrip("/")
            if not inside.stat().st_mode & 0o001:
                inside.chmod(0o755)

    def inside(self, path: str, workdir: str = "/") -> Path:
        """Where a path of the image lies outside it."""
        return self.root / os.path.normpath(os.path.join(workdir, path)).lstrip("/")  # noqa: PTH118

    def run(self, script: str, workdir: str) -> None:
        """Run a step's shell script as root."""
        text = f"cd {workdir} && {script}"
        _do("chroot", str(self.root), "/bin/sh", "-euc", text, environment=_clean())


def _clean() -> dict[str, str]:
    """A base image's environment; how this machine reaches its registries is the builder's own matter."""
    kept = {name: value for name, value in os.environ.items() if REACH.match(name.upper())}
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {**kept, "PATH": f"{Path(sys.base_prefix) / 'bin'}:{path}", "HOME": "/root", "LANG": "C.UTF-8"}


def _do(*argv: str, environment: dict[str, str] | None = None) -> None:
    subprocess.run(argv, check=True, env=environment)


class Build:
    """All stages of one Dockerfile."""

    def __init__(self, stages: list[Stage], out: Path) -> None:
        self.stages, self.out = stages, out
        self.layers: dict[str, Layer] = {}
        rules = (ROOT / ".dockerignore").read_text().splitlines()
        self.ignored = pathspec.PathSpec.from_lines("gitwildmatch", rules)

    def run(self) -> None:
        """Execute every stage; the last one's changes stay in `out/image/upper`."""
        for number, stage in enumerate(self.stages):
            if "uv:" in stage.image:
                self.layers[stage.name] = self._uv_image(stage)
                continue
            last = number == len(self.stages) - 1
            layer = self.layers[stage.name] = Layer(self.out / ("image" if last else f"stage-{stage.name}"))
            workdir = "/"
            for step in stage.steps:
                if step.name == "WORKDIR":
                    workdir = os.path.normpath(os.path.join(workdir, step.text))  # noqa: PTH118
                    layer.inside(workdir).mkdir(parents=True, exist_ok=True)
                elif step.name == "COPY":
                    self._copy(step, layer, workdir)
                else:
                    self._run(step, layer, workdir)

    def _uv_image(self, stage: Stage) -> Layer:
        """The image that holds uv alone: the same version from this environment."""
        told = subprocess.run([_uv(), "--version"], capture_output=True, text=True, check=True).stdout
        wanted = stage.image.rsplit(":", 1)[1]
        assert f"uv {wanted}" in told, f"the Dockerfile wants uv {wanted}, the Makefile has {told}"
        layer = Layer(self.out / "stage-uv")
        shutil.copy(_uv(), layer.root / "uv")
        return layer

    def _run(self, step: Step, layer: Layer, workdir: str) -> None:
        mounts = []
        for key, value in step.flags:
            options = dict(part.partition("=")[::2] for part in value.split(","))
            assert key == "mount" and options["type"] == "cache", step
            target = layer.inside(options["target"])
            target.mkdir(parents=True, exist_ok=True)
            cache = Path.home() / Path(options["target"]).relative_to("/root")
            cache.mkdir(parents=True, exist_ok=True)
            _do("mount", "--bind", str(cache), str(target))
            mounts.append(target)
        layer.run(step.text, workdir)
        for target in mounts:
            _do("umount", str(target))

    def _copy(self, step: Step, layer: Layer, workdir: str) -> None:
        *sources, target = step.text.split()
        into = layer.inside(target, workdir)
        source_stage = step.flag("from")
        for source in sources:
            if source_stage is not None:
                found = self.layers[source_stage].inside(source)
                _copy_tree(found, into / found.name if target.endswith("/") and found.is_file() else into)
                continue
            found = ROOT / source
            assert found.exists(), f"COPY {source}: not in the build context"
            kept = [found] if found.is_file() else [path for path in found.rglob("*") if path.is_file()]
            kept = [path for path in kept if not self.ignored.match_file(path.relative_to(ROOT))]
            assert kept, f"COPY {source}: .dockerignore hides all of it"
            for path in kept:
                place = (
                    into / path.name
                    if found.is_file() and target.endswith("/")
                    else into
                    if found.is_file()
                    else into / path.relative_to(found)
                )
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, place)


def _uv() -> str:
    return str(Path(sys.executable).with_name("uv"))


def _copy_tree(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        target.mkdir(exist_ok=True)
        _do("cp", "-a", "--reflink=auto", f"{source}/.", str(target))
    else:
        _do("cp", "-a", str(source), str(target))


def run_image(out: Path, stage: Stage, command: list[str]) -> None:
    """Become the image's process: its user, its environment, a root file system that nobody can write, a fresh /tmp."""
    layer = Layer(out / "image")
    (layer.root / "tmp").mkdir(exist_ok=True)
    _do("mount", "-o", "remount,ro", str(layer.root))
    _do("mount", "-t", "tmpfs", "-o", "mode=1777,size=256m", "tmpfs", str(layer.root / "tmp"))
    environment = {
        **{
            name: value for name, value in os.environ.items() if name in json.loads(os.environ["IMAGE_KEEPS"])
        },
        "PATH": _clean()["PATH"],
        "HOME": "/tmp",
        **{name: value.replace("$PATH", _clean()["PATH"]) for name, value in stage.environment.items()},
        **json.loads(os.environ.get("IMAGE_SETS", "{}")),
    }
    user = f"--userspec={stage.user}"
    os.execvpe(
        "chroot",
        ["chroot", user, "--groups=", str(layer.root), "/usr/bin/env", "-C", stage.workdir, *command],
        environment,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("action", choices=("build", "run"))
    parser.add_argument("dockerfile", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--arg", action="append", default=[])
    parser.add_argument("--command", nargs="*")
    chosen = parser.parse_args()
    stages = read(chosen.dockerfile, dict(one.split("=", 1) for one in chosen.arg))
    if chosen.action == "build":
        Build(stages, chosen.out).run()
    else:
        last = stages[-1]
        entry = last.command if chosen.command is None else [*last.entry, *chosen.command]
        run_image(chosen.out, last, entry)


if __name__ == "__main__":
    main()
