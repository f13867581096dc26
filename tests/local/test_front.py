"""The platform's address answers at once, whatever the api is doing."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import httpx
import pytest
from playwright.async_api import async_playwright

from huzhu.home import Home
from huzhu.supervisor import Child, FrontDoor, PlainProgress, Platform, PortTaken

from ..e2e.browser import ARGUMENTS, CHROMIUM
from .processes import eventually

SERVING = Path(__file__).with_name("child.py")
PAGE = {"accept": "text/html,*/*"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def test_pages_and_programs_are_told_when_to_come_again() -> None:
    door = FrontDoor("127.0.0.1", free_port())
    url = f"http://127.0.0.1:{door.address[1]}"
    await door.stand_in()
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=5) as http:
            page = await http.get(f"{url}/console/", headers=PAGE)
            problem = await http.post(f"{url}/api/claims/claims", content=b"x" * 3_000_000)
            english = await http.get(f"{url}/readyz", headers={"accept-language": "en"})
            head = await http.head(url, headers=PAGE)
    finally:
        await door.close()
    assert {answer.status_code for answer in (page, problem, english, head)} == {503}
    assert {answer.headers["retry-after"] for answer in (page, problem, english, head)} == {"3"}
    assert (
        "系统正在启动" in page.text
        and 'http-equiv="refresh"' in page.text
        and "unsafe" not in str(page.headers)
    )
    assert problem.json()["code"] == "service.busy" and "没有丢失" in problem.json()["detail"]
    assert english.json()["detail"].startswith("The system is busy")
    assert head.content == b""
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no browser: install chromium (make browser)")
async def test_the_waiting_page_opens_again_by_itself_whatever_stands_behind_the_hash() -> None:
    door = FrontDoor("127.0.0.1", free_port())
    await door.stand_in()
    faults: list[str] = []
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            page = await browser.new_page()
            page.on("console", lambda said: faults.append(said.text) if "Policy" in said.text else None)
            address = f"http://127.0.0.1:{door.address[1]}/m/#/wuxi/claims"
            await page.goto(address)
            for _ in range(2):
                async with page.expect_event("domcontentloaded", timeout=60_000):
                    pass
            assert page.url == address
            await browser.close()
    finally:
        await door.close()
    assert faults == []


async def test_a_silent_or_endless_visitor_holds_nobody_up() -> None:
    door = FrontDoor("127.0.0.1", free_port())
    await door.stand_in()
    _, silent = await asyncio.open_connection(*door.address)
    reader, endless = await asyncio.open_connection(*door.address)
    endless.write(b"GET / HTTP/1.1\r\nx: " + b"x" * 100_000)
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=2) as http:
            assert (await http.get(f"http://127.0.0.1:{door.address[1]}/")).status_code == 503
        assert await asyncio.wait_for(reader.read(), 5) == b""
    finally:
        silent.close()
        endless.close()
        await door.close()


def test_a_taken_port_is_told() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortTaken, match="PORT="):
            FrontDoor("127.0.0.1", other.getsockname()[1]).open()


async def test_a_killed_api_takes_no_page_away_and_its_return_is_told(home: Home) -> None:
    said: list[str] = []
    progress = PlainProgress()
    progress.say = said.append  # type: ignore[method-assign]
    door = FrontDoor("127.0.0.1", free_port())
    url = f"http://127.0.0.1:{door.address[1]}/"
    api = Child("api", [sys.executable, str(SERVING), "inherit"], ready_url=url, door=door)
    platform = Platform(home, [api], progress=progress)
    await platform.start()
    try:
        statuses: list[int] = []
        async with httpx.AsyncClient(trust_env=False, timeout=5, headers={"connection": "close"}) as http:
            assert (await http.get(url)).status_code == 200
            os.kill(platform.pids["api"], signal.SIGKILL)
            await eventually(lambda: any("api ended (signal 9)" in line for line in said))
            while not any("api is back after" in line for line in said):
                statuses.append((await http.get(url, headers=PAGE)).status_code)
                await asyncio.sleep(0.01)
            assert (await http.get(url)).status_code == 200
        assert 503 in statuses and set(statuses) <= {200, 503}
    finally:
        await platform.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)
