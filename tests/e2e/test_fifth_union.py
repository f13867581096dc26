"""A fifth union goes live on a running platform by its pack alone (docs/new-union.md), without a restart."""

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from common.clock import today
from common.contracts.pack import load_pack, read_text
from huzhu.demo.world import World
from huzhu.operator import Operator

from ..conftest import ROOT, Parts
from .conftest import PASSWORD, Running

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(900)]
PACK = ROOT / "examples" / "donggang.yaml"


class Huzhu:
    """The command line beside the running platform."""

    def __init__(self, running: Running, parts: Parts) -> None:
        self._environment = {**running.environment, "HUZHU_URL": running.url}
        self._secrets = {
            name: parts.home.secrets[f"platform_operator_{name[-1]}"] for name in ("ops1", "ops2")
        }

    def __call__(self, *arguments: str, operator: str = "ops1") -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **self._environment, "HUZHU_OPERATOR_SECRET": self._secrets[operator]}
        command = [sys.executable, "-m", "huzhu", *arguments]
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def huzhu(running: Running, parts: Parts) -> Huzhu:
    return Huzhu(running, parts)


@contextmanager
def visitors(url: str, tenant: str) -> Iterator[list[int]]:
    """Ask for a union's pages all the time; the answers' states are what is yielded."""
    answers: list[int] = []
    stop = threading.Event()

    def ask() -> None:
        with httpx.Client(base_url=url, headers={"X-Tenant": tenant}, trust_env=False, timeout=30) as http:
            while not stop.wait(0.5):
                for path in (
                    "/api/enrollment/products",
                    "/api/identity/tenant",
                    "/api/identity/organisation",
                ):
                    answers.append(http.get(path).status_code)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield answers
    finally:
        stop.set()
        thread.join(60)


@pytest.mark.feature("N.01", "P.10")
def test_a_union_that_was_not_there_enrols_and_pays_without_a_restart(
    running: Running, parts: Parts, huzhu: Huzhu, tmp_path: Path
) -> None:
    before = {name: process.pid for name, process in running.processes.items()}
    checked = huzhu("tenant", "check", str(PACK))
    assert (checked.returncode, checked.stdout) == (0, "")
    with visitors(running.url, "wuxi") as answers:
        began = time.monotonic()
        applied = huzhu("tenant", "apply", str(PACK))
        assert applied.returncode == 0, applied.stderr
        assert "已生效" in applied.stdout and time.monotonic() - began < 120
        made = huzhu("tenant", "admin", "donggang", "zongguan", "总管", "13862700099")
        assert made.returncode == 0, made.stderr
        enter(running, made.stdout)
        asyncio.run(add_demo(running.url, parts.home.secrets["platform_operator_1"]))
        asyncio.run(endow(running.url, tmp_path))
        lines = running.demo(PACK, seed=501)
    assert len(lines) == 16 and all(line.startswith("✓") for line in lines)
    assert set(answers) == {200} and len(answers) > 20, "the other unions' members notice nothing"
    assert {name: process.pid for name, process in running.processes.items()} == before
    assert all(process.poll() is None for process in running.processes.values())


def enter(running: Running, said: str) -> None:
    """Enter the invitation that was printed: a code goes to the administrator's mobile."""
    token = said.split("invitation (7 天 days): ")[1].split(maxsplit=1)[0]
    with httpx.Client(
        base_url=running.url, headers={"X-Tenant": "donggang"}, timeout=60, trust_env=False
    ) as http:
        opened = http.post("/api/identity/staff-invitations/open", json={"token": token})
        assert opened.status_code == 200, opened.text
        deadline, texts = time.monotonic() + 90, list[str]()
        while not any("验证码" in text for text in texts):
            assert time.monotonic() < deadline, texts
            time.sleep(0.5)
            found = http.get("/api/notify/sandbox/messages", params={"mobile": "13862700099"})
            texts = [item["text"] for item in found.json()["items"]]


async def add_demo(url: str, secret: str) -> None:
    async with Operator(url, "ops1", secret) as operator:
        await operator.add_demo(load_pack(PACK), PASSWORD)


async def endow(url: str, folder: Path) -> None:
    """The union puts money of its own into the new fund, booked by one and approved by another."""
    async with httpx.AsyncClient(base_url=url, timeout=120, trust_env=False) as http:
        world = World(http, load_pack(PACK), 1, PASSWORD, folder)
        parameters = {
            **{"fund": "dockers", "debit": "bank", "credit": "grants", "amount": "20000.00"},
            **{"booked_on": today().isoformat(), "memo": "工会拨付启动资金"},
        }
        proposed = {"command": "ledger.post", "parameters": parameters, "reason": "银行回单"}
        made = await (await world.staff("finance")).post("/api/claims/proposals", proposed)
        await (await world.staff("payout_checker")).post(f"/api/claims/proposals/{made['id']}/approve", {})


@pytest.mark.feature("N.01")
def test_a_changed_pack_waits_for_a_second_person_and_is_live_at_once(
    running: Running, huzhu: Huzhu, tmp_path: Path
) -> None:
    changed = tmp_path / "donggang.yaml"
    text = (
        read_text(PACK).replace("version: 1\n", "version: 2\n", 1).replace("per_share: 88", "per_share: 99")
    )
    changed.write_text(text, encoding="utf-8")
    proposed = huzhu("tenant", "apply", str(changed))
    assert proposed.returncode == 0 and "等待第二人同意" in proposed.stdout, proposed.stderr
    assert contribution(running.url) == "88.00", "nothing has changed yet"
    alone = huzhu("tenant", "consent", "donggang", "2", "--operator", "ops1")
    assert alone.returncode == 1, "the same person is refused"
    agreed = huzhu("tenant", "consent", "donggang", "2", "--operator", "ops2", operator="ops2")
    assert agreed.returncode == 0, agreed.stderr
    assert contribution(running.url) == "99.00"


def contribution(url: str) -> str:
    answer = httpx.get(f"{url}/api/enrollment/products", headers={"X-Tenant": "donggang"}, trust_env=False)
    found = answer.json()
    [product] = found["items"] if isinstance(found, dict) else found
    return str(product["price_per_share"])
