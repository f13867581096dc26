"""The whole platform as real processes on the tests' own parts: api, worker, recognition."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import Browser, sync_playwright

from common.contracts.pack import read_text
from huzhu.demo import run_demo
from huzhu.operator import Operator, load_tenant
from huzhu.people.persons import Person

from ..conftest import ROOT, Parts, copy_databases
from ..identity.portal_servers import CLIENT_SECRET, campus_portal
from .browser import DIED, Chromium, ended_when_still

if TYPE_CHECKING:
    from .campus import Campus
    from .province import Province

PASSWORD = "Demo-Password-2026"
READY_SECONDS = 180


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """The three processes; can be killed and started again."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.services = environment
        self.environment = {
            **os.environ,
            **{name: value for name, value in environment.items() if "_OWNER_" not in name},
            "PORT": str(self.port),
            "HUZHU_PUBLIC_URL": self.url,
            "IDENTITY_PORTALS": "sandbox",
            "HUZHU_PORTAL_BIT_KEY": CLIENT_SECRET,
            "HUZHU_JWKS_URL": f"{self.url}/api/identity/.well-known/jwks.json",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        for name in ("api", "worker", "recognition"):
            log = (self.folder / f"{name}.log").open("ab")
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", "huzhu", name], env=self.environment, cwd=ROOT, stdout=log, stderr=log
            )
        self.wait_ready()

    def start_with_tenants(self, parts: Parts) -> None:
        """Start and load two unions; when that fails, stop again."""
        try:
            self.start()
            secret = parts.home.secrets["platform_operator_1"]
            asyncio.run(load(self.url, secret, ROOT / "tenants" / "wuxi.yaml", second_union(self.folder)))
        except BaseException:
            self.stop()
            raise

    def wait_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200:
                    return
            for name, process in self.processes.items():
                assert process.poll() is None, f"{name} ended: {self.log(name)}"
            time.sleep(0.2)
        raise AssertionError(f"the platform is not ready: {self.log('api')}")

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def kill(self) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGKILL)
        for process in self.processes.values():
            process.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def demo(self, pack_path: Path, *, seed: int) -> list[str]:
        """Run the demo for a pack's tenant and return its lines; fails with them if a step failed."""
        from common.contracts.pack import load_pack

        lines: list[str] = []
        passed = asyncio.run(
            run_demo(self.url, pack=load_pack(pack_path), password=PASSWORD, seed=seed, say=lines.append)
        )
        assert passed, "\n".join([*lines, "worker: " + self.log("worker")])
        return lines


def second_union(folder: Path) -> Path:
    """Write the pack of another union: the same rules under another code and id."""
    text = read_text(ROOT / "tenants" / "wuxi.yaml")
    text = text.replace("code: wuxi\n", "code: gusu\n", 1)
    text = text.replace(
        "id: 01a2065e-6f88-7789-89ff-84d473cc0977", "id: 01a2065e-6f88-7789-89ff-84d473cc0978"
    )
    path = folder / "gusu.yaml"
    path.write_text(text.replace("1386170", "1386270").replace("1894480", "1894490"), encoding="utf-8")
    return path


async def load(url: str, secret: str, *packs: Path) -> None:
    async with Operator(url, "ops1", secret) as operator:
        for pack in packs:
            await load_tenant(operator, pack, demo_password=PASSWORD)


def platform_environment(parts: Parts, name: str = "platform") -> dict[str, str]:
    """Make databases of a platform's own: its workers would carry off the events of other tests."""
    suffix = f"_{name}_{os.getpid()}"
    asyncio.run(copy_databases(parts.postgres.dsn(), suffix))
    return parts.environment(suffix)


@pytest.fixture(scope="session")
def running(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The platform with two unions loaded."""
    platform = Running(platform_environment(parts), tmp_path_factory.mktemp("platform"))
    platform.start_with_tenants(parts)
    try:
        yield platform
    finally:
        platform.stop()


class Crowd:
    """People of one unit under cover who are not registered yet; each test that needs one takes its own."""

    def __init__(self, enrol: Callable[[], list[Person]]) -> None:
        self._enrol = enrol
        self._left: list[Person] = []

    def take(self) -> Person:
        if not self._left:
            self._left = self._enrol()
        return self._left.pop()


@pytest.fixture(scope="session")
def crowd(running: Running) -> Crowd:
    """People under cover, of one unit until it is used up: to enrol one takes a quarter of a minute."""
    from .desk import enrol_people

    return Crowd(lambda: enrol_people(running, seed=int(time.time()) + 11, size=40))


@pytest.fixture(scope="session")
def campus(running: Running, parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Campus"]:
    """A campus union with an OpenID provider of its own on this machine."""
    from .campus import Campus, pack_of, prepare

    secret = parts.home.secrets["platform_operator_1"]
    with campus_portal() as portal:
        path = pack_of(tmp_path_factory.mktemp("campus"), portal)
        with ThreadPoolExecutor(1) as beside:
            comes, binds, *others = beside.submit(
                lambda: asyncio.run(prepare(running, secret, path))
            ).result()
        yield Campus(path, comes, binds, others, portal)


@pytest.fixture(scope="session")
def province(running: Running, parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> "Province":
    """A provincial union with people under cover who have no account yet."""
    from .province import founded

    return founded(running, parts.home.secrets["platform_operator_1"], tmp_path_factory.mktemp("province"))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    with sync_playwright() as playwright:
        browser = Chromium(playwright)
        yield browser
        browser.close()


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[Browser]:
    """A browser that is there; a page that stands still ends it."""
    with ended_when_still():
        yield chromium.open()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test whose browser died is tried once more; no other fault is forgiven."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=[DIED]))
