"""A city office's union of a test's own, where people confirm who was reported and nobody reads a picture to bind."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page

from common.contracts.pack import load_pack, read_text
from huzhu.operator import Operator, load_tenant
from huzhu.people import people, units
from huzhu.people.persons import Person

from ..conftest import ROOT
from .campus import Work, let, staff_of
from .conftest import PASSWORD, Running
from .desk import open_page, sign_in

PACK = load_pack(ROOT / "tenants" / "beijing.yaml")
CITY = "haihe"
"""The same rules under another code, where a person confirms who was reported."""
STAFF = {one.username: str(one.mobile).replace("1381", "1371", 1) for one in PACK.demo.staff}
OWN = PACK.demo.units[0]
"""The unit of the handler who signs in here."""


@dataclass
class Office:
    """The city's union; somebody of another unit who will move."""

    running: Running
    pack: Path
    elsewhere: str
    moving: Person
    borrows: Person

    def go(self, page: Page, path: str) -> None:
        open_page(self.running, page, path, tenant=CITY)

    def does(self, token: str, work: Work) -> Any:
        """Let somebody do something with the apps' own requests."""
        return let(self.running, token, work, tenant=CITY)

    def enter(self, page: Page, user: str) -> None:
        sign_in(self.running, page, user, mobile=STAFF[user], tenant=CITY)

    def enter_handler(self, page: Page) -> None:
        user, mobile = str(OWN.handler_username), str(OWN.handler_mobile).replace("1381", "1371", 1)
        sign_in(self.running, page, user, mobile=mobile, tenant=CITY, entrance="sign-in?as=handler")


def pack_of(folder: Path) -> Path:
    """Write the office's pack under another code, with people who confirm admissions."""
    text = read_text(ROOT / "tenants" / "beijing.yaml")
    known = text.split("\n  id: ", 1)[1].split("\n", 1)[0]
    for old, new in (
        ("code: beijing\n", f"code: {CITY}\n"), (known, known[:-4] + "ca17"),
        ("confirmation: automatic", "confirmation: person"), ("    captcha: true\n", ""),
    ):  # fmt: skip
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / f"{CITY}.yaml"
    path.write_text(text.replace('"1381010', '"1371010'), encoding="utf-8")
    return path


async def prepare(running: Running, secret: str, path: Path) -> tuple[str, list[Person]]:
    """Load the union, enter another unit, admit two people there."""
    async with Operator(running.url, "ops1", secret) as operator:
        await load_tenant(operator, path, demo_password=PASSWORD)
    pack = load_pack(path)
    seed = int(time.time())
    unit, admitted = next(units(1, seed=seed)), list(people(2, seed=seed, youngest=25, oldest=45))
    async with httpx.AsyncClient(base_url=running.url, timeout=120, trust_env=False) as http:
        agency, clerk = [await staff_of(http, pack, role) for role in ("agency", "member_clerk")]
        handler = {"name": "季算", "mobile": admitted[0].mobile[:3] + "55512122", "user_name": f"m{seed}"}
        asked = {"name": unit.name, "credit_code": unit.credit_code, "org_node": "chaoyang-jianwai"}
        entered = await agency.post("/api/identity/units/entered", {**asked, "handler": handler})
        for one in admitted:
            body = {"name": one.name, "document_number": one.id_number, "mobile": one.mobile}
            await agency.post("/api/identity/admissions", {**body, "unit_id": entered["unit"]["id"]})
            for staff, step in ((agency, "report"), (clerk, "confirm")):
                wanted = {"document_number": one.id_number}
                shown = await staff.post("/api/identity/admissions/search", wanted)
                await staff.post(f"/api/identity/admissions/{step}", {"search_id": shown["search"]["id"]})
    return unit.name, admitted


def founded(running: Running, secret: str, folder: Path) -> Office:
    """Load the union, with somebody under another unit."""
    path = pack_of(folder)
    with ThreadPoolExecutor(1) as beside:
        elsewhere, admitted = beside.submit(lambda: asyncio.run(prepare(running, secret, path))).result()
    return Office(running, path, elsewhere, *admitted)
