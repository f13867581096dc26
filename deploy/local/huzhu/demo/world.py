"""What one run of the demo knows: its invented unit, people, papers, and who is signed in."""

import io
import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import httpx

from common import clock
from common.contracts.pack import TenantPack
from huzhu.papers import ReceiptValues, draw_receipt, photograph
from huzhu.papers.sheet import Sheet
from huzhu.people.persons import Person, people
from huzhu.people.units import Unit, units

from .caller import Caller

PEOPLE = 12


@dataclass
class World:
    """One run; everything in it is made from `seed`, so that every run has people of its own."""

    http: httpx.AsyncClient
    pack: TenantPack
    seed: int
    password: str
    folder: Path
    facts: dict[str, Any] = field(default_factory=dict)
    size: int = PEOPLE
    """How many people its unit has."""

    def __post_init__(self) -> None:
        self.product = self.pack.products[0]
        self.kind = next(kind for kind in self.pack.claims if kind.event == "hospital")
        self.nodes = [node.code for node in self.pack.claim_chain(self.kind.code).nodes]
        self.mobiles = {person.username: person.mobile for person in self.pack.demo.staff}
        self.unit: Unit = next(iter(units(1, seed=self.seed)))
        self.people: list[Person] = list(people(self.size, seed=self.seed))
        self.handler = self.caller()
        self.member = self.caller()
        self.random = Random(self.seed)  # noqa: S311 - invented papers

    def caller(self) -> Caller:
        """Return somebody who has not signed in."""
        return Caller(self.http, self.pack.code)

    async def staff(self, role: str) -> Caller:
        """Sign the first of the union's people with a role in, with password and SMS code; once for each run."""
        user_name = next(person.username for person in self.pack.demo.staff if role in person.roles)
        known: Caller | None = self.facts.get(f"staff:{user_name}")
        if known is not None:
            return known
        caller = self.caller()
        since = time.time() - 1
        first = await caller.post(
            "/api/identity/sessions/staff", {"user_name": user_name, "password": self.password}
        )
        tokens = first["tokens"]
        if tokens is None:
            code = await caller.sms_code(self.mobiles[user_name], since=since)
            body = {"challenge_id": first["challenge_id"], "code": code}
            tokens = await caller.post("/api/identity/sessions/staff/code", body)
        caller.token = tokens["access_token"]
        self.facts[f"staff:{user_name}"] = caller
        return caller

    async def staff_who(self, permission: str) -> Caller:
        """Sign somebody in who may do something, whatever the union calls the role."""
        roles = {role.code for role in self.pack.roles if permission in role.permissions}
        return await self.staff(next(r for one in self.pack.demo.staff for r in one.roles if r in roles))

    def receipt(self, payer: str, *, salt: int = 0, shot: int = 0) -> tuple[ReceiptValues, bytes]:
        """Return a hospital receipt of today and a photograph of it, another one for each `shot`."""
        random = Random(self.seed * 31 + salt)  # noqa: S311 - invented papers
        today = clock.today()
        cash = Decimal(random.randrange(150_000, 450_000)) / 100
        values = ReceiptValues(
            payer=payer,
            number=f"{random.randrange(10**10):010d}",
            region="32",
            check_code=f"{random.randrange(16**6):06x}",
            issued_on=today,
            admitted_on=today,
            discharged_on=today,
            hospital="无锡市锡惠人民医院",
            stay_number=f"{today:%Y}{random.randrange(10**6):06d}",
            pooled=Decimal(random.randrange(200_000, 1_500_000)) / 100,
            other=Decimal("0.00"),
            account=Decimal(random.randrange(10_000, 90_000)) / 100,
            cash=cash,
            own_share=(cash * Decimal("0.6")).quantize(Decimal("0.01")),
        )
        return values, photograph(draw_receipt(values), seed=random.randrange(10**6) + shot)

    def paper(self, *lines: str) -> bytes:
        """Return a photographed sheet with a few lines and the unit's seal (certificate, voucher)."""
        return photograph(self.sheet(*lines).image, seed=self.seed)

    def paper_pdf(self, *lines: str) -> bytes:
        """Return the same as a PDF."""
        out = io.BytesIO()
        self.sheet(*lines).image.save(out, "PDF")
        return out.getvalue()

    def sheet(self, *lines: str) -> Sheet:
        """Write a few lines under each other and seal them."""
        sheet = Sheet(1240, 1000)
        for place, line in enumerate(lines):
            x, size, anchor = (620, 44, "ma") if place == 0 else (120, 30, "la")
            sheet.text(x, 90 + 80 * place, line, size=size, anchor=anchor)
        sheet.seal(960, 780, 110, "工会委员会")
        return sheet
