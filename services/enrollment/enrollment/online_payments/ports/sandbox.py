"""The sandbox: payments that a page of this platform makes or fails; the notice it sends is signed like a real one."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

import orjson
from redis.asyncio import Redis

from common.clock import now
from common.contracts.pack import TenantPack

from ..errors import NoticeForged
from .interface import Handle, Mode, Notice, Outcome, PayOrder, ProviderAway, RefundOrder, RefundRefused

KEPT = timedelta(days=30)
SIGNATURE = "x-sandbox-signature"


class SandboxPayments:
    """Keeps the provider's side of payments in Redis."""

    channel = "sandbox"
    modes: frozenset[Mode] = frozenset({"qr", "web", "wechat"})

    def __init__(self, redis: Redis, key: bytes) -> None:
        self._redis = redis
        self._key = key

    def serves(self, pack: TenantPack) -> bool:
        """Every union can be tried."""
        return True

    async def create(self, order: PayOrder, pack: TenantPack) -> Handle:
        """Put the payment on the sandbox's page."""
        kept = {
            "number": order.number,
            "tenant_id": str(order.tenant_id),
            "title": order.title,
            "amount": str(order.amount),
            "state": "open",
            "refunds": {},
        }
        await self._save(kept)
        address = f"/api/enrollment/sandbox/payments/{order.tenant_id}/{order.number}"
        return {"url": address, "qr": address} if order.mode == "qr" else {"url": address}

    async def query(self, number: str, pack: TenantPack) -> Outcome:
        """Return how it stands on the page."""
        return _outcome(await self.look(number))

    async def close(self, number: str, pack: TenantPack) -> None:
        """Take it off the page unless it is paid."""
        kept = await self.look(number)
        if kept["state"] == "open":
            await self._save(kept | {"state": "closed"})

    async def refund(self, order: RefundOrder, pack: TenantPack) -> bool:
        """Note the refund, once per number."""
        kept = await self.look(order.number)
        if kept.get("refuses"):
            raise RefundRefused("the sandbox refuses")
        refunds = kept["refunds"] | {order.refund_number: str(order.amount)}
        if kept["state"] != "paid" or sum(Decimal(v) for v in refunds.values()) > Decimal(kept["amount"]):
            raise ProviderAway("the sandbox has no such money")
        await self._save(kept | {"refunds": refunds})
        return True

    async def refuse_refunds(self, number: str, refuses: bool = True) -> None:
        """From now on no money of a payment can go back: as with a payer whose card is closed."""
        await self._save(await self.look(number) | {"refuses": refuses})

    async def read_notice(self, headers: Mapping[str, str], body: bytes, pack: TenantPack) -> Notice | None:
        """Verify a notice of the page."""
        if not hmac.compare_digest(headers.get(SIGNATURE, ""), self.signature(body)):
            raise NoticeForged
        told = orjson.loads(body)
        return Notice(number=told["number"], outcome=_outcome(told))

    def accepted(self) -> tuple[int, Handle]:
        """The sandbox is content with anything."""
        return 200, {"code": "SUCCESS"}

    async def look(self, number: str) -> Handle:
        """Return a payment as the page shows it; ProviderAway if there is none."""
        kept = await self._redis.get(_name(number))
        if kept is None:
            raise ProviderAway("the sandbox does not know this payment")
        found: Handle = orjson.loads(kept)
        return found

    async def decide(self, number: str, state: str) -> tuple[dict[str, str], bytes]:
        """Pay or fail a payment as somebody pressed it; return the notice's headers and body."""
        kept = await self.look(number)
        if kept["state"] == "open":
            kept = kept | {
                "state": state,
                "paid_at": now().isoformat(),
                "transaction_id": f"sandbox-{number}",
            }
            await self._save(kept)
        body = orjson.dumps(kept)
        return {SIGNATURE: self.signature(body)}, body

    def signature(self, body: bytes) -> str:
        """Sign a notice."""
        return hmac.new(self._key, b"sandbox-payment\0" + body, hashlib.sha256).hexdigest()

    async def _save(self, kept: Handle) -> None:
        await self._redis.set(_name(kept["number"]), orjson.dumps(kept), ex=KEPT)


def _name(number: str) -> str:
    return f"enrollment:sandbox-payment:{number}"


def _outcome(kept: Handle) -> Outcome:
    if kept["state"] != "paid":
        return Outcome(state=kept["state"])
    return Outcome(
        state="paid",
        amount=Decimal(kept["amount"]),
        transaction_id=kept["transaction_id"],
        paid_at=datetime.fromisoformat(kept["paid_at"]),
    )
