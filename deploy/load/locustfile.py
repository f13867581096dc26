"""Mixed traffic of members and handlers against any installation; see README.md in this folder.

HUZHU_LOAD_ACCOUNTS: a file of sessions. HUZHU_LOAD_WRITES=1: also hands in papers, claims and orders.
"""

import json
import os
import threading
import time
import uuid
import zlib
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from locust import HttpUser, between, events, task
from locust.exception import StopUser

ACCOUNTS = Path(os.environ.get("HUZHU_LOAD_ACCOUNTS", "build/load/accounts.jsonl"))
WRITES = os.environ.get("HUZHU_LOAD_WRITES") == "1"
RENEW_SECONDS = 300
ILLNESS = "critical-illness"
SHANGHAI = timezone(timedelta(hours=8))


class Sessions:
    """The accounts of the file; each is one user's, and its newest refresh token is kept for the next run."""

    def __init__(self, path: Path) -> None:
        self._path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        self._all: list[dict[str, Any]] = [json.loads(line) for line in lines if line.strip()]
        self._free = {
            kind: [one for one in self._all if one["kind"] == kind] for kind in ("member", "handler")
        }
        self._lock = threading.Lock()

    def take(self, kind: str) -> dict[str, Any]:
        """Return an account that nobody uses; StopUser when there is none left."""
        with self._lock:
            if not self._free[kind]:
                raise StopUser
            return self._free[kind].pop()

    def save(self) -> None:
        """Write the newest refresh tokens."""
        with self._lock:
            fresh = self._path.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text("".join(json.dumps(one) + "\n" for one in self._all), encoding="utf-8")
            fresh.replace(self._path)


SESSIONS = Sessions(ACCOUNTS)


@events.quitting.add_listener
def keep_sessions(environment: Any, **_: Any) -> None:
    """Keep the sessions for the next run."""
    SESSIONS.save()


class Person(HttpUser):
    """Somebody with a session."""

    abstract = True
    wait_time = between(0.5, 2.0)
    kind = ""

    def on_start(self) -> None:
        """Take an account and renew its session."""
        self.account = SESSIONS.take(self.kind)
        self.client.trust_env = False
        self.headers = {"X-Tenant": self.account["tenant"]}
        self.renewed = 0.0
        self.renew()

    def renew(self) -> None:
        """Exchange the refresh token before the access token ends."""
        if time.monotonic() - self.renewed < RENEW_SECONDS and self.renewed:
            return
        body = {"refresh_token": self.account["refresh_token"]}
        answer = self.call("POST", "/api/identity/sessions/refresh", json=body)
        if not answer.ok:
            raise StopUser
        tokens = answer.json()
        self.account["refresh_token"] = tokens["refresh_token"]
        self.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self.renewed = time.monotonic()

    def call(self, method: str, path: str, *, name: str = "", **options: Any) -> Any:
        """Send a request; whatever creates something carries a key of its own."""
        headers = self.headers | options.pop("headers", {})
        if method != "GET":
            headers["Idempotency-Key"] = str(uuid.uuid4())
        return self.client.request(
            method, path, name=name or path.partition("?")[0], headers=headers, **options
        )


class Member(Person):
    """A member on the phone."""

    kind = "member"
    weight = 8

    @task(10)
    def look(self) -> None:
        """The first page: cover, claims, messages."""
        self.renew()
        for path in (
            "/api/enrollment/policies/mine",
            "/api/claims/claims?limit=20",
            "/api/notify/messages/unread-count",
            "/api/notify/messages?limit=20",
        ):
            self.call("GET", path)

    @task(3)
    def kinds(self) -> None:
        """What can be applied for."""
        self.call("GET", "/api/claims/kinds")

    @task(1)
    def claim(self) -> None:
        """Hand in two papers and a claim."""
        if not WRITES:
            return
        documents = []
        for rule in ("pathology", "discharge-record"):
            headers = {"Content-Type": "application/octet-stream", "X-Filename": "p.png"}
            path = "/api/ocr/documents"
            stored = self.call("POST", path, params={"recognize": "false"}, data=picture(), headers=headers)
            if not stored.ok:
                return
            documents.append({"receipt": stored.json()["receipt"], "rule": rule})
        values = {
            "illness": "acute-myocardial-infarction",
            "diagnosed_on": datetime.now(SHANGHAI).date().isoformat(),
            "hospital": "市人民医院",
        }
        fields = [{"code": code, "value": value} for code, value in values.items()]
        body = {"kind": ILLNESS, "documents": documents, "fields": fields}
        draft = self.call("POST", "/api/claims/claims", json=body)
        if draft.ok:
            path = f"/api/claims/claims/{draft.json()['id']}/submit"
            self.call("POST", path, name="/api/claims/claims/{id}/submit")


class Handler(Person):
    """A unit's handler at the desk."""

    kind = "handler"
    weight = 1

    @task(5)
    def look(self) -> None:
        """The unit and its orders."""
        self.renew()
        self.call("GET", "/api/identity/units/me")
        self.call("GET", "/api/enrollment/orders?limit=20")

    @task(1)
    def order(self) -> None:
        """Draft an order and drop it again."""
        if not WRITES:
            return
        made = self.call("POST", "/api/enrollment/orders", json={"product": self.account["product"]})
        if made.ok:
            path = f"/api/enrollment/orders/{made.json()['id']}"
            self.call("DELETE", path, name="/api/enrollment/orders/{id}")


def picture() -> bytes:
    """Return a small grey PNG that nobody has handed in before."""
    width, height = 120, 90
    rows = b"".join(b"\0" + os.urandom(width) for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows, 1))
        + chunk(b"IEND", b"")
    )
