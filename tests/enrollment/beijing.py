"""The world of the Beijing pack: members are admitted first, orders pass the agency and the office."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from common.auth import Actor, ActorKind
from common.clock import today
from common.identifiers import id_check_digit
from enrollment.rosters import rules_of

from .world import FINANCE, REVIEW, WRITE, World

PRODUCT = "inpatient"
AGENCY_PATH = "/chaoyang/chaoyang-jianwai/"


def born_years_ago(years: int, *, days: int = 0) -> date:
    """A birth date so many years and days ago."""
    day = today()
    try:
        return day.replace(year=day.year - years) - timedelta(days=days)
    except ValueError:
        return date(day.year - years, 3, 1) - timedelta(days=days)


def number_of(serial: int, born: date, *, woman: bool) -> str:
    """A valid ID number of Beijing's Chaoyang district."""
    head = f"110105{born:%Y%m%d}{(serial % 499) * 2 + (2 if woman else 1):03d}"
    return head + id_check_digit(head)


class Beijing(World):
    """One tenant with the Beijing pack and one approved unit."""

    def __post_init__(self) -> None:
        mint = self.client.mint
        self.handler = mint.actor(self.tenant, *WRITE, kind=ActorKind.HANDLER, unit_id=self.unit_id)
        self.agency = mint.actor(self.tenant, *REVIEW, roles=frozenset({"agency"}), org_path=AGENCY_PATH)
        self.reviewer = mint.actor(self.tenant, *REVIEW, roles=frozenset({"office"}), org_path="/chaoyang/")
        self.finance = mint.actor(self.tenant, *FINANCE, roles=frozenset({"finance"}))
        self.rules = rules_of(self.tenant.pack, self.tenant.pack.product(PRODUCT))

    async def approve_unit(self, **changes: Any) -> None:
        await self.tell_units([self.unit(org_path=AGENCY_PATH, **changes)])

    async def order(self, product: str = PRODUCT, **more: Any) -> str:
        answer = await self.client.post("/orders", self.handler, json={"product": product} | more)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def admit(self, people: list[dict[str, str]], **changes: Any) -> list[UUID]:
        """Let the register tell members of the unit; return their ids."""
        facts = [
            self.person_fact(row["id_number"], row["name"], member_number=row["member_number"], **changes)
            for row in people
        ]
        await self.tell_persons(facts)
        return [fact.person_id for fact in facts]

    async def post(self, path: str, actor: Actor, body: Any = None, *, status: int = 200) -> dict[str, Any]:
        answer = await self.client.post(path, actor, json=body if body is not None else {})
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    async def reviewed(self, order: str) -> None:
        """Pass agency and office."""
        await self.post(f"/orders/{order}/approve", self.agency)
        await self.post(f"/orders/{order}/approve", self.reviewer)

    async def reasons(self, order: str) -> dict[str, list[str]]:
        """Codes of the reasons by the last four characters of the ID number."""
        path = f"/orders/{order}/people?insurable=false&limit=200"
        items = (await self.client.get(path, self.handler)).json()["items"]
        return {item["document_number"][-4:]: [r["code"] for r in item["reasons"]] for item in items}


def member(serial: int, *, years: int = 40, days: int = 1, woman: bool = False) -> dict[str, str]:
    """A member as the register has them."""
    return {
        "name": "张王李赵刘陈杨黄"[serial % 8] + "".join(chr(0x4E00 + int(d) + 200) for d in str(serial)),
        "id_number": number_of(serial, born_years_ago(years, days=days), woman=woman),
        "member_number": f"M{serial:06d}",
    }
