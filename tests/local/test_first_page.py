"""The first page and the addresses in messages, as the gateway of a local run serves them."""

import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from common.contracts.pack import load_pack
from huzhu.gateway.pages import TENANTS, first_page
from huzhu.gateway.web import WebApp
from huzhu.stack.gateway_config import FILES, gateway_config

RUN = "01a2212d-54c3-7c24-90c9-cbabeba0d94a"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_accounts_are_folded_under_their_union(language: str) -> None:
    page = first_page(language)
    folded = re.findall(r"<details><summary>(.*?)</summary>(.*?)</details>", page)
    packs = [load_pack(path) for path in sorted(TENANTS.glob("*.yaml"))]
    assert len(folded) == len(packs) >= 4
    for (head, rows), pack in zip(folded, packs, strict=True):
        staff, units, people = re.findall(r"<tbody>(.*?)</tbody>", rows)
        assert f"({pack.code})" in head
        assert re.findall(r"<tr><td>(.*?)</td>", staff) == [one.username for one in pack.demo.staff]
        assert re.findall(r"<tr><td>(.*?)</td>", units) == [one.name for one in pack.demo.units] != []
        wanted = [person.id_number for unit in pack.demo.units for person in unit.people]
        assert re.findall(r"<td>([0-9]{17}[0-9X])</td>", people) == wanted != []
        ways = re.findall(r"<p>(.*?)</p>", rows)
        assert len(ways) == 2, "how a handler and a member come in"


def test_each_union_says_its_own_way_in() -> None:
    folded = dict(re.findall(r"<summary>.*?[(]([a-z]+)[)].*?</summary>(.*?)</details>", first_page("zh")))
    assert (
        "在沙箱门户中选人" in folded["bit"]
        and "初始密码" in folded["beijing"]
        and "人脸" in folded["beijing"]
    )
    assert "注册" in folded["wuxi"] and "短信验证码" in folded["zhejiang"]


async def test_the_address_in_a_message_opens_the_consoles_page(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>互助</title>", encoding="utf-8")
    gateway = FastAPI()
    gateway.mount("/console", WebApp(tmp_path))
    transport = httpx.ASGITransport(gateway)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as browser:
        answer = await browser.get(f"/console/reports/{RUN}")
        strange = await browser.get("/console/reports/..%2f..%2fetc")
    assert answer.status_code == 302 and answer.headers["location"] == f"/console/#/reports/{RUN}"
    assert strange.status_code == 404


def test_every_gateway_leads_there() -> None:
    for gateway in FILES.values():
        text = gateway_config(gateway())
        assert text.count('location ~ "^/console(/reports/[0-9a-f-]{36})$"') == 1
        assert 'return 302 "/console/#$1";' in text
