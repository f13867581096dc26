"""Someone who uses the platform over HTTP: a handler, a member, a member of the union's staff."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import httpx

from common.ids import new_id

Found = TypeVar("Found")
WAIT_SECONDS = 90.0


class Refused(RuntimeError):
    """The platform refused; the message is its own sentence."""

    def __init__(self, response: httpx.Response) -> None:
        try:
            body = response.json()
        except ValueError:
            body = {"detail": response.text[:300]}
        self.code = str(body.get("code", response.status_code))
        reasons = "；".join(str(error.get("message", error)) for error in body.get("errors", ())[:5])
        request = f"{response.request.method} {response.request.url.path}"
        super().__init__(f"{request}: {self.code} {body.get('detail', '')} {reasons}")


@dataclass
class Caller:
    """One person's session; `token` is empty before the sign-in."""

    http: httpx.AsyncClient
    tenant: str
    token: str = ""

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send a request; Refused with the platform's words unless it succeeded."""
        headers = {"X-Tenant": self.tenant, **options.pop("headers", {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if method == "POST":
            headers.setdefault("Idempotency-Key", str(new_id()))
        response = await self.http.request(method, path, headers=headers, **options)
        if response.is_error:
            raise Refused(response)
        return response

    async def get(self, path: str, **options: Any) -> Any:
        """GET and return the JSON."""
        return (await self.send("GET", path, **options)).json()

    async def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """POST JSON and return the JSON."""
        return (await self.send("POST", path, json=body, **options)).json()

    async def put(self, path: str, body: Any, *, version: int) -> Any:
        """PUT JSON over the version that was read, and return the JSON."""
        headers = {"If-Match": f'"{version}"'}
        return (await self.send("PUT", path, json=body, headers=headers)).json()

    async def upload(self, path: str, data: bytes, *, name: str = "", **options: Any) -> Any:
        """POST bytes and return the JSON."""
        headers = {"Content-Type": "application/octet-stream", "X-Filename": name}
        return (await self.send("POST", path, content=data, headers=headers, **options)).json()

    async def sms_code(self, mobile: str, *, since: float) -> str:
        """Return the newest code that the sandbox's phone `mobile` received after `since` (epoch seconds)."""

        async def look() -> str | None:
            found = await self.get("/api/notify/sandbox/messages", params={"mobile": mobile})
            for message in found["items"]:
                if epoch(message["sent_at"]) >= since and (code := code_in(message["text"])):
                    return code
            return None

        return await until(look, f"短信验证码 the code for {mobile[:3]}****")

    async def sms(self, mobile: str, word: str) -> str:
        """Return the newest message to `mobile` that contains a word."""

        async def look() -> str | None:
            found = await self.get("/api/notify/sandbox/messages", params={"mobile": mobile})
            return next((str(m["text"]) for m in found["items"] if word in m["text"]), None)

        return await until(look, f"短信“{word}” a message")


def code_in(text: str) -> str | None:
    """Return the six digits of a verification message."""
    digits = "".join(c if c.isdigit() else " " for c in text).split()
    return next((part for part in digits if len(part) == 6), None)


def epoch(text: str) -> float:
    """Return the epoch seconds of an ISO instant."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


async def until(
    look: Callable[[], Awaitable[Found | None]], what: str, *, within: float = WAIT_SECONDS
) -> Found:
    """Look again and again until there is something; TimeoutError that says what was waited for."""
    deadline = time.monotonic() + within
    while True:
        found = await look()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"等不到 nothing came: {what}")
        await asyncio.sleep(0.2)
