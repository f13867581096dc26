"""A unit's handler at work, and the reviewer's decision."""

from datetime import timedelta

from common.clock import now, set_to

from .union import Union, bearer

REVIEW, READ, EDIT = "identity.unit.register_review", "identity.unit.read", "identity.unit.edit"


class Handler:
    """A unit's handler at work."""

    def __init__(self, union: Union, registered: dict) -> None:
        self.union, self.registered = union, registered
        self.headers = bearer(registered["tokens"])

    async def get(self, path: str):
        return await self.union.client.get(path, headers=self.headers)

    async def opened(self) -> str:
        answer = await self.get("/commitment")
        assert answer.status_code == 200, answer.text
        return answer.json()["commitment_opening_id"]

    async def put(self, *, waited: float = 16, version: int | None = None, **changes):
        opening = changes.pop("opening", None) or await self.opened()
        etag = version or (await self.get("/units/me")).json()["version"]
        body = self.union.profile(self.registered["account_id"], opening, **changes)
        with set_to(now() + timedelta(seconds=waited)):
            return await self.union.client.send(
                "PUT", "/units/me/profile", headers={**self.headers, "If-Match": f'"{etag}"'}, json=body
            )


async def a_handler(union: Union) -> Handler:
    return Handler(union, await union.register_unit())


async def under_review(union: Union, **changes) -> dict:
    handler = await a_handler(union)
    answer = await handler.put(**changes)
    assert answer.status_code == 200, answer.text
    return {**answer.json(), "handler": handler}


async def decide(union: Union, unit: dict, what: str, actor=None, **body):
    return await union.client.post(
        f"/units/{unit['id']}/{what}",
        actor or union.actor(REVIEW),
        headers={"If-Match": str(unit["version"])},
        json=body or None,
    )
