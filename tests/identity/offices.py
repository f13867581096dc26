"""A union that admits members first, its units, and the people who work with its register."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import update

from common.auth import Actor, ActorKind
from common.clock import today
from common.identifiers import id_check_digit
from common.ids import new_id
from common.testing import Client
from identity.units.models import Unit

from .union import ROOT, SEQUENCE, Union, a_credit_code, a_mobile, apply

SOURCE = (ROOT / "tenants" / "beijing.yaml").read_text(encoding="utf-8")
TENANT_ID = "01a2065e-6f8b-78f0-8aa9-8bdaca4571af"
WRITE, READ = "identity.member.write", "identity.member.read"


class Office(Union):
    """A union whose pack is that of the city mutual-aid office."""

    def handler(self, unit_id: str | UUID, *more: str) -> Actor:
        return self.actor(WRITE, READ, *more, kind=ActorKind.HANDLER, unit_id=UUID(str(unit_id)))

    def agency(self, path: str = "/chaoyang/chaoyang-jianwai/") -> Actor:
        return self.actor(WRITE, READ, roles=frozenset({"agency"}), org_path=path)

    def clerk(self) -> Actor:
        return self.actor(WRITE, READ, roles=frozenset({"member_clerk"}))

    async def unit(
        self,
        path: str = "/chaoyang/chaoyang-jianwai/",
        *,
        name: str = "北京测试单位工会",
        status: str = "approved",
    ) -> str:
        """Put a unit there."""
        keys = await self.keys()
        sealed = keys.sealed(a_mobile(), context="person.mobile", kind="mobile")
        unit_id = new_id()
        async with self.client.context.db.transaction(self.id) as session:
            session.add(
                Unit(
                    tenant_id=self.id, id=unit_id, name=name, credit_code=a_credit_code(), status=status,
                    org_path=path, handler_mobile_sealed=sealed.ciphertext, handler_mobile_index=sealed.index,
                    pack_version=1,
                )
            )  # fmt: skip
        return str(unit_id)

    async def move_unit(self, unit_id: str, path: str) -> None:
        async with self.client.context.db.transaction(self.id) as session:
            await session.execute(
                update(Unit).where(Unit.tenant_id == self.id, Unit.id == UUID(unit_id)).values(org_path=path)
            )

    async def search(self, actor: Actor, **criteria: Any) -> dict[str, Any]:
        answer = await self.client.post("/admissions/search", actor, json=criteria)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def admit(self, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.post("/admissions", actor, json=body)
        assert answer.status_code == 201, answer.text
        admitted: dict[str, Any] = answer.json()
        return admitted

    async def act(self, actor: Actor, what: str, search: dict[str, Any], **more: Any) -> httpx.Response:
        """Report, confirm, return or delete what a search showed."""
        body = {"search_id": search["search"]["id"], **more}
        return await self.client.post(f"/admissions/{what}", actor, json=body)

    async def member(self, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Admit and report one person; return the confirmed member."""
        entered = await self.admit(actor, body)
        found = await self.search(actor, member_number=entered["member_number"])
        answer = await self.act(actor, "report", found)
        assert answer.json()["confirmed"] == 1, answer.text
        read = await self.client.get(f"/members/{entered['id']}", actor)
        member: dict[str, Any] = read.json()
        return member


async def new_office(client: Client, **changes: str) -> Office:
    """Apply the pack of a new union."""
    tenant_id = new_id()
    code = f"o{tenant_id.hex[-20:]}"
    source = SOURCE.replace("code: beijing\n", f"code: {code}\n", 1).replace(TENANT_ID, str(tenant_id))
    for old, new in changes.items():
        assert old in source, old
        source = source.replace(old, new)
    answer = await apply(client, code, source)
    assert answer.status_code == 200, answer.text
    return Office(client, tenant_id, code, source)


def years_ago(years: int, *, days: int = 0) -> date:
    """The day on which somebody was born who completed so many years `days` ago."""
    day = today() - timedelta(days=days)
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 3, 1)


def id_of(born: date, sex: str = "female") -> str:
    """Return a valid ID number of somebody born on a day."""
    serial = next(SEQUENCE) % 499 * 2 + (sex == "male")
    first = f"110105{born:%Y%m%d}{serial:03d}"
    return first + id_check_digit(first)


def someone(**changes: Any) -> dict[str, Any]:
    """Return an admission that is right."""
    number = changes.pop("number", None) or id_of(years_ago(30, days=next(SEQUENCE) % 300), "female")
    return {"name": "王小京", "document_number": number, **changes}
