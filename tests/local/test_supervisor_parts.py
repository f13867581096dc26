"""The supervisor's small pieces: progress, log rotation, restart delays."""

import asyncio
import base64
import io
import sys
from pathlib import Path
from uuid import UUID

import pytest
from rich.console import Console

from huzhu.home import Home
from huzhu.parts.kafka import cluster_id
from huzhu.parts.part import AtWork, Part, PartFailed
from huzhu.parts.ports import Ports
from huzhu.processes.program import Program
from huzhu.supervisor import PlainProgress, RichProgress, progress_for
from huzhu.supervisor.logs import rotate
from huzhu.supervisor.restart import LONGEST_DELAY_S, delay_after, keep_running


def test_plain_progress_tells_each_step() -> None:
    shown = io.StringIO()
    progress = progress_for(shown)
    assert isinstance(progress, PlainProgress)
    with progress.step("PostgreSQL starts"):
        assert shown.getvalue() == ""
    with pytest.raises(ValueError, match="no"), progress.step("Valkey starts"):
        raise ValueError("no")
    assert shown.getvalue().splitlines() == ["  ok      PostgreSQL starts (0.0 s)", "  failed  Valkey starts"]


def test_rich_progress_tells_overlapping_steps() -> None:
    shown = io.StringIO()
    progress = RichProgress(Console(file=shown, force_terminal=True, width=80))
    with progress.step("one"), progress.step("two"):
        progress.say("said")
    for word in ("one", "two", "said", "✓"):
        assert word in shown.getvalue()


def test_a_large_log_is_emptied_in_place_and_its_elders_kept(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    with log.open("ab") as writer:
        for number in range(5):
            writer.write(f"{number}".encode() * 100)
            writer.flush()
            assert rotate(log, largest=99, kept=3)
            assert not rotate(log, largest=99, kept=3)
        writer.write(b"goes on")
    assert log.read_text() == "goes on"
    assert [path.read_text()[0] for path in sorted(tmp_path.glob("api.log.*"))] == ["4", "3", "2"]


def test_delays_grow_to_a_limit() -> None:
    delays = [delay_after(crashes) for crashes in range(1, 20)]
    assert delays == sorted(delays)
    assert delays[:3] == [0.5, 1.0, 2.0]
    assert delays[-1] == LONGEST_DELAY_S


class Crashing:
    """Ends at once twice, refuses to start once, then stays."""

    name = "crashing"

    def __init__(self) -> None:
        self.starts = 0
        self.stays = asyncio.Event()

    async def start(self) -> None:
        self.starts += 1
        if self.starts == 2:
            raise RuntimeError("no disk")

    async def ready(self) -> None:
        return

    async def stop(self) -> None:
        return

    async def wait(self) -> int:
        if self.starts >= 3:
            self.stays.set()
            await asyncio.Event().wait()
        return -9 if self.starts else 3


async def test_a_crashed_unit_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huzhu.supervisor.restart.FIRST_DELAY_S", 0.01)
    unit, said = Crashing(), list[str]()
    watcher = asyncio.create_task(keep_running(unit, said.append))
    await asyncio.wait_for(unit.stays.wait(), 5)
    watcher.cancel()
    assert said[0] == "crashing ended (exit code 3); starting again in 0.01 s"
    assert any("signal 9" in line for line in said)
    assert any("could not be started: no disk" in line for line in said)
    assert any("crashing is back after" in line for line in said)


class Replaying(Part):
    """Says for longer than its silence may last that it works, then answers, or falls silent."""

    name, title = "replaying", "Replaying"
    ready_within_s = 0.2

    def __init__(self, home: Home, *, ends: bool) -> None:
        super().__init__(home)
        self.ends, self.asked = ends, 0

    def use_ports(self, ports: Ports) -> None:
        """None."""

    def program(self) -> Program:
        return Program(self.name, [sys.executable, "-c", "import time; time.sleep(600)"], cwd=self.home.path)

    async def answers(self) -> None:
        self.asked += 1
        if self.asked < 20:
            raise AtWork
        if not self.ends:
            raise ConnectionRefusedError


async def test_a_part_that_says_that_it_works_is_waited_for(tmp_path: Path) -> None:
    async with Replaying(Home(tmp_path), ends=True) as part:
        assert part.asked == 20 and part.pid is not None


async def test_a_silent_part_is_not(tmp_path: Path) -> None:
    with pytest.raises(PartFailed, match="did not answer in time"):
        await Replaying(Home(tmp_path), ends=False).start()


@pytest.mark.parametrize("first", [0xF8, 0x00, 0xFF])
def test_the_id_of_a_cluster_does_not_look_like_an_option(first: int) -> None:
    chosen = cluster_id(UUID(bytes=bytes([first]) + b"\xf8\x00" * 7 + b"\x01"))
    assert not chosen.startswith("-") and len(base64.urlsafe_b64decode(chosen + "==")) == 16
