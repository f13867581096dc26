"""The archive of one server: a segment is kept whole or not at all, and only in the database's own archive."""

import gzip
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from huzhu.cli import make_app

from .manifests import ROOT
from .test_compose import read, run

COMPOSE = ROOT / "deploy" / "compose"
SCRIPTS = COMPOSE / "scripts"


def keep(archive: Path, source: Path, name: str = "0" * 24) -> int:
    """What PostgreSQL does with its archive_command."""
    argv = ["sh", SCRIPTS / "keep-segment.sh", source, name]
    environment = {**os.environ, "ARCHIVE": str(archive), "KNOWN": str(archive / "beside.archive")}
    return subprocess.run(argv, env=environment, check=False).returncode


@pytest.fixture
def segment(tmp_path: Path) -> Path:
    made = tmp_path / "segment"
    made.write_bytes(b"log" * 1000 + bytes(1 << 20))
    return made


def test_a_segment_is_kept_whole_or_not_at_all(tmp_path: Path, segment: Path) -> None:
    log, other = tmp_path / "log", tmp_path / "other"
    other.write_bytes(b"another database's")
    (tmp_path / "bases" / "20200101T000000000000").mkdir(parents=True)
    assert keep(tmp_path, segment) != 0, "an archive that is away keeps the log with the database"
    log.mkdir()
    (log / f".{'0' * 24}.gz").write_bytes(b"half")
    assert keep(tmp_path, segment) == 0 and keep(tmp_path, segment) == 0, "handed over again after a kill"
    assert keep(tmp_path, other) != 0
    (kept,) = log.iterdir()
    assert gzip.decompress(kept.read_bytes()) == segment.read_bytes()
    assert kept.stat().st_size < 50_000, "what was switched early takes no room"
    kept.write_bytes(kept.read_bytes()[:-9])
    assert keep(tmp_path, segment) != 0, "a damaged one is not taken for it"
    assert keep(tmp_path, other, "00000002.history") == 0
    assert (log / "00000002.history").read_bytes() == other.read_bytes(), "read by the restore as it is"


def test_what_an_earlier_version_kept_is_known(tmp_path: Path, segment: Path) -> None:
    (tmp_path / "bases" / "20200101T000000000000").mkdir(parents=True)
    (tmp_path / "log").mkdir()
    shutil.copy(segment, tmp_path / "log" / ("0" * 24))
    assert keep(tmp_path, segment) == 0
    assert len(list((tmp_path / "log").iterdir())) == 1


def test_before_the_first_backup_begins_no_log_is_kept(tmp_path: Path, segment: Path) -> None:
    (tmp_path / "log").mkdir()
    assert keep(tmp_path, segment) != 0, "no folder of the bases: an archive that is away"
    (tmp_path / "bases").mkdir()
    assert keep(tmp_path, segment) == 0 and list((tmp_path / "log").iterdir()) == []
    (tmp_path / "bases" / ".half").mkdir()
    assert keep(tmp_path, segment) == 0 and len(list((tmp_path / "log").iterdir())) == 1


def test_an_archive_that_is_away_is_refused_whatever_lies_in_its_place(tmp_path: Path, segment: Path) -> None:
    """The disk is not mounted: no folder at all, or those that somebody made; then it is there again."""
    assert keep(tmp_path, segment) != 0, "neither folder"
    disk, away = tmp_path / "bases", tmp_path / "away"
    (disk / "20200101T000000000000").mkdir(parents=True)
    (tmp_path / "log").mkdir()
    assert keep(tmp_path, segment) == 0, "an archive of before gets its mark"
    disk.rename(away)
    for place in (None, disk, disk / "20210101T000000000000"):
        if place is not None:
            place.mkdir()
        assert keep(tmp_path, segment, "1" * 24) != 0, place
        made = base_backup(tmp_path)
        assert made.returncode != 0 and "docker compose restart postgres" in made.stderr
    assert not list(disk.glob(".half")) and len(list((tmp_path / "log").iterdir())) == 1
    shutil.rmtree(disk)
    away.rename(disk)
    assert keep(tmp_path, segment, "1" * 24) == 0, "nothing was lost"


def test_objects_are_not_copied_where_the_disk_is_away(tmp_path: Path) -> None:
    (tmp_path / "archive").touch()  # a place in which no folder can be made
    told = CliRunner().invoke(make_app("objects"), ["objects", "save", str(tmp_path / "archive" / "objects")])
    assert told.exit_code == 1 and "mounted" in told.output


def base_backup(archive: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ARCHIVE": str(archive), "KNOWN": str(archive / "beside.archive")}
    environment["POSTGRES_PASSWORD"] = "none"
    return subprocess.run(
        ["bash", SCRIPTS / "base-backup.sh"], env=environment, capture_output=True, text=True, check=False
    )


AS_ROOT = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("setpriv"),
    reason="only root can give rights away and files to others",
)


@AS_ROOT
def test_a_disk_that_belongs_to_somebody_gets_its_folders(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir(mode=0o700)
    os.chown(disk, 1234, 1234)
    for _ in range(2):
        make_folders(disk)
    assert {path.name: path.stat().st_uid for path in disk.iterdir()} == {
        "bases": 999,
        "log": 999,
        "objects": 10001,
    }
    assert disk.stat().st_mode & 0o001, "the database's user passes through"


def make_folders(disk: Path, **environment: str) -> None:
    """What the container archive-folders does, with its rights; the volume of the data lies beside the disk."""
    service = read(COMPOSE)["services"]["archive-folders"]
    script = service["command"][-1].replace("$$", "$").replace("/archive", str(disk))
    script = script.replace("/var/lib/postgresql", str(disk.parent))
    rights = ",".join(f"+{one.lower()}" for one in service["cap_add"])
    run(
        *("setpriv", f"--bounding-set=-all,{rights}", f"--inh-caps=-all,{rights}", "sh", "-euc", script),
        environment={
            "PATH": os.environ["PATH"],
            "HUZHU_OPERATOR_USER": "10001:10001",
            "HUZHU_NEW_ARCHIVE": "",
            **environment,
        },
    )


@AS_ROOT
def test_no_folder_is_made_where_the_archives_disk_is_away(tmp_path: Path) -> None:
    disk, known = tmp_path / "disk", tmp_path / ".archive"
    disk.mkdir()
    known.write_text("the mark")
    make_folders(disk)
    assert list(disk.iterdir()) == []
    (disk / "bases").mkdir()
    (disk / "bases" / ".huzhu").write_text("the mark")
    make_folders(disk)
    assert (disk / "log").is_dir()
    other = tmp_path / "other"
    other.mkdir()
    make_folders(other, HUZHU_NEW_ARCHIVE="1")
    assert (other / "bases").is_dir() and not known.exists()
