"""A tenant with covered people, their documents as ocr would tell them, and the staff who decide and pay."""

import asyncio
from datetime import timedelta
from typing import Any

from claims.feed.job import decide_feed, read_files
from common.auth import Actor
from common.clock import today

from .ground import FUND, MEMBER, PRODUCT, STAFF, Member, Person, card_number, id_number
from .money import Money
from .papers import Papers, money, receipt

__all__ = [
    "FUND",
    "MEMBER",
    "PRODUCT",
    "STAFF",
    "Member",
    "Person",
    "World",
    "card_number",
    "errors",
    "fields",
    "heir",
    "id_number",
    "money",
    "receipt",
    "together",
]


class World(Papers, Money):
    """One tenant of the claims service: its claims, and the settlement feed."""

    async def ask(self, actor: Actor, kind: str, **body: Any) -> Any:
        return await self.client.post("/claims", actor, json={"kind": kind, **body})

    async def send_in(self, actor: Actor, claim: dict[str, Any]) -> Any:
        return await self.client.post(f"/claims/{claim['id']}/submit", actor)

    async def fill(self, actor: Actor, claim: dict[str, Any], **body: Any) -> Any:
        version = {"If-Match": str(claim["version"])}
        return await self.client.send(
            "PATCH", f"/claims/{claim['id']}/fields", actor, json=body, headers=version
        )

    async def hand_in(self, actor: Actor, claim: dict[str, Any], *documents: Any) -> dict[str, Any]:
        path = f"/claims/{claim['id']}/documents"
        answer = await self.client.post(path, actor, json={"documents": list(documents)})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def preview(self, actor: Actor, claim: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.get(f"/claims/{claim['id']}/preview", actor)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def lodged(
        self, person: Any, claim: dict[str, Any], kind: str = "complaint", words: str = "办理时间太长了"
    ) -> Any:
        """An appeal or complaint about a claim."""
        body = {"kind": kind, "words": words}
        return await self.client.post(f"/claims/{claim['id']}/appeals", person.actor, json=body)

    async def draft(
        self, person: Person, *tokens: str, kind: str = "hospital", **body: Any
    ) -> dict[str, Any]:
        answer = await self.client.post(
            "/claims", person.actor, json={"kind": kind, "documents": list(tokens), **body}
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def hospital(self, person: Person, number: str = "7141957131", **options: Any) -> dict[str, Any]:
        """A draft of a hospital claim with one receipt."""
        verified = options.pop("verified", True)
        options.setdefault("admitted", today() - timedelta(days=30))
        token = await self.upload(person.actor, receipt(person.name, number, **options), verified=verified)
        return await self.draft(person, token)

    async def submit(self, person: Person, claim: dict[str, Any]) -> Any:
        return await self.client.post(f"/claims/{claim['id']}/submit", person.actor)

    async def submitted(self, person: Person, number: str = "7141957131", **options: Any) -> dict[str, Any]:
        answer = await self.submit(person, await self.hospital(person, number, **options))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def decide(
        self, actor: Actor, claim: dict[str, Any], node: str, action: str = "agree", **body: Any
    ) -> Any:
        body = {"node": node, "action": action, "opinion": "同意" if action == "agree" else "请补正", **body}
        return await self.client.post(f"/claims/{claim['id']}/decisions", actor, json=body)

    async def approved(self, person: Person, number: str = "7141957131", **options: Any) -> dict[str, Any]:
        claim = await self.submitted(person, number, verified=False, **options)
        for role, node in (("claims_checker", "first-check"), ("claims_reviewer", "review")):
            answer = await self.decide(self.staff(role), claim, node)
            assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def read(self, actor: Actor, claim: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.get(f"/claims/{claim['id']}", actor)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def send_feed(self, data: bytes, *, once: str | None = None, actor: Actor | None = None) -> Any:
        return await self.client.post(
            "/feed/files", actor or self.staff("claims_checker"), content=data, once=once,
            headers={"Content-Type": "text/csv"},
        )  # fmt: skip

    async def feed(self, data: bytes, **options: Any) -> Any:
        """Send a settlement file and let the worker read it; the answer to a look at it, or the refusal."""
        answer = await self.send_feed(data, **options)
        if answer.status_code != 201:
            return answer
        await read_files(self.client.context, self.tenant.id)
        return await self.client.get(f"/feed/files/{answer.json()['id']}", self.staff("claims_checker"))

    async def decide_feed(self) -> None:
        await decide_feed(self.client.context, self.tenant.id)


def errors(answer: Any) -> set[str]:
    """The codes of all that a refusal lists."""
    return {error["code"] for error in answer.json().get("errors", [])}


def heir(name: str, serial: int, card: str, **more: Any) -> dict[str, Any]:
    """Return a legal heir as an application names one."""
    known = {
        "relation": "spouse",
        "document_number": id_number(serial),
        "card_number": card,
        "bank_name": "工商银行",
    }
    return {"kind": "legal_heir", "name": name, **known, **more}


def fields(**values: str) -> list[dict[str, str]]:
    return [{"code": code, "value": value} for code, value in values.items()]


async def together(*calls: Any) -> list[Any]:
    return list(await asyncio.gather(*calls))
