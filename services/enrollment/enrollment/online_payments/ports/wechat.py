"""WeChat Pay (API v3) by the wechatpayv3 SDK: signatures, encryption and transport are its work."""

import json
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import structlog
from wechatpayv3.async_ import AsyncWeChatPay
from wechatpayv3.async_.type import WeChatPayType

from common.clock import BUSINESS_ZONE
from common.contracts.pack import TenantPack

from ..errors import NoticeForged, PayerUnknown
from ..rules import to_fen, to_yuan
from .interface import Handle, Mode, Notice, Outcome, PayOrder, ProviderAway, RefundOrder, RefundRefused

log = structlog.get_logger()
TYPES: Mapping[Mode, WeChatPayType] = {
    "qr": WeChatPayType.NATIVE,
    "web": WeChatPayType.H5,
    "wechat": WeChatPayType.JSAPI,
}
STATES = {"SUCCESS": "paid", "REFUND": "paid", "CLOSED": "closed", "REVOKED": "closed", "PAYERROR": "failed"}
NEVER = frozenset({"USER_ACCOUNT_ABNORMAL", "INVALID_REQUEST", "RESOURCE_NOT_EXISTS"})
"""Codes of refused refunds that stay refused: the payer's account is closed, the order is too old or unknown."""
FRESH_SECONDS = 300
"""A notice that is older or newer by the signed clock is not taken: it could be a repeated one."""
TIMEOUT = (3, 8)


@dataclass(frozen=True)
class Merchant:
    """A union's account with the provider; keys come from files, never from a pack."""

    mchid: str
    appid: str
    serial: str
    private_key: str
    apiv3_key: str
    public_key: str
    public_key_id: str


def read_merchants(path: Path | None) -> dict[str, Merchant]:
    """Read the merchants by the union's code from a JSON file; names ending in _file are read beside it."""
    if path is None:
        raise ValueError("ENROLLMENT_WECHAT_MERCHANTS names the file of the merchants")
    found = {}
    for code, values in json.loads(path.read_text(encoding="utf-8")).items():
        for name in ("private_key", "public_key"):
            if f"{name}_file" in values:
                values[name] = (path.parent / values.pop(f"{name}_file")).read_text(encoding="utf-8")
        found[code] = Merchant(**values)
    return found


class Merchants(Mapping[str, Merchant]):
    """The merchants of a file, read when the first is asked for: commands that pay nothing have no such file."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    @cached_property
    def _read(self) -> dict[str, Merchant]:
        return read_merchants(self._path)

    def __getitem__(self, code: str) -> Merchant:
        return self._read[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


class WechatPayments:
    """WeChat Pay for the unions that have a merchant."""

    channel = "wechat"
    modes: frozenset[Mode] = frozenset({"qr", "web", "wechat"})

    def __init__(self, merchants: Mapping[str, Merchant], *, endpoint: str, public_url: str) -> None:
        self._merchants = merchants
        self._endpoint = endpoint.rstrip("/")
        self._public_url = public_url

    def serves(self, pack: TenantPack) -> bool:
        """Whether the union has a merchant."""
        return pack.code in self._merchants

    async def create(self, order: PayOrder, pack: TenantPack) -> Handle:
        """Make a prepaid order and return what the payer's screen needs."""
        if order.mode == "wechat" and not order.open_id:
            raise PayerUnknown
        scene = {"payer_client_ip": order.client_ip or "127.0.0.1", "h5_info": {"type": "Wap"}}
        async with self._client(pack) as client:
            answer = await _answered(
                client.pay(
                    description=order.title[:127],
                    out_trade_no=order.number,
                    amount={"total": to_fen(order.amount), "currency": "CNY"},
                    time_expire=order.expires_at.astimezone(BUSINESS_ZONE).isoformat(),
                    notify_url=f"{self._public_url}/api/enrollment/payments/notices/wechat/{order.tenant_id}",
                    payer={"openid": order.open_id} if order.mode == "wechat" else None,
                    scene_info=scene if order.mode == "web" else None,
                    pay_type=TYPES[order.mode],
                )
            )
            return self._handle(client, order, answer, self._merchants[pack.code])

    def _handle(self, client: Any, order: PayOrder, answer: Handle, merchant: Merchant) -> Handle:
        if order.mode == "qr":
            return {"qr": answer["code_url"]}
        if order.mode == "web":
            return {"url": answer["h5_url"]}
        stamp, nonce, package = str(int(time.time())), uuid4().hex, f"prepay_id={answer['prepay_id']}"
        signature = client.sign([merchant.appid, stamp, nonce, package])
        return {
            "wechat": {
                "appId": merchant.appid,
                "timeStamp": stamp,
                "nonceStr": nonce,
                "package": package,
                "signType": "RSA",
                "paySign": signature,
            }
        }

    async def query(self, number: str, pack: TenantPack) -> Outcome:
        """Ask for the order."""
        async with self._client(pack) as client:
            return _outcome(await _answered(client.query(out_trade_no=number)))

    async def close(self, number: str, pack: TenantPack) -> None:
        """Close the order."""
        async with self._client(pack) as client:
            await _answered(client.close(out_trade_no=number))

    async def refund(self, order: RefundOrder, pack: TenantPack) -> bool:
        """Ask for the refund; the same number asks for the same refund again."""
        amount = {"refund": to_fen(order.amount), "total": to_fen(order.total), "currency": "CNY"}
        async with self._client(pack) as client:
            asked = client.refund(
                out_refund_no=order.refund_number,
                out_trade_no=order.number,
                amount=amount,
                reason=order.reason[:80],
            )
            try:
                answer = await _answered(asked)
            except ProviderAway as error:
                if error.code in NEVER:
                    raise RefundRefused(error.code) from error
                raise
        if answer.get("status") == "SUCCESS":
            return True
        if answer.get("status") == "PROCESSING":
            return False
        if answer.get("status") in ("ABNORMAL", "CLOSED"):
            raise RefundRefused(str(answer["status"]))
        raise ProviderAway(f"the refund is {answer.get('status')}")

    async def read_notice(self, headers: Mapping[str, str], body: bytes, pack: TenantPack) -> Notice | None:
        """Verify the signature, decrypt the resource, and return what it says of a payment."""
        if not self.serves(pack):
            raise NoticeForged
        known = {name.lower(): value for name, value in headers.items()}
        stamp = known.get("wechatpay-timestamp", "")
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > FRESH_SECONDS:
            raise NoticeForged
        async with self._client(pack) as client:
            try:
                told = client.callback(known, body)
            except Exception as error:
                log.warning("payment.notice_unreadable", kind=type(error).__name__)
                raise NoticeForged from None
        if not told:
            raise NoticeForged
        if not str(told.get("event_type", "")).startswith("TRANSACTION."):
            return None
        resource = told["resource"]
        return Notice(number=resource["out_trade_no"], outcome=_outcome(resource))

    def accepted(self) -> tuple[int, Handle]:
        """WeChat wants 204 or 200; anything else makes it send again."""
        return 200, {"code": "SUCCESS", "message": "成功"}

    @asynccontextmanager
    async def _client(self, pack: TenantPack) -> AsyncIterator[Any]:
        merchant = self._merchants[pack.code]
        client = AsyncWeChatPay(
            wechatpay_type=WeChatPayType.NATIVE,
            mchid=merchant.mchid,
            private_key=merchant.private_key,
            cert_serial_no=merchant.serial,
            appid=merchant.appid,
            apiv3_key=merchant.apiv3_key,
            timeout=TIMEOUT,
            public_key=merchant.public_key,
            public_key_id=merchant.public_key_id,
        )
        # The SDK names only the public endpoint; tests and proxies need another one.
        client._core._gate_way = self._endpoint
        async with client:
            yield client


async def _answered(call: Any) -> Handle:
    """Return the JSON of an answer whose signature the SDK has verified; ProviderAway otherwise."""
    try:
        status, content = await call
    except httpx.HTTPError as error:
        raise ProviderAway(type(error).__name__) from error
    except Exception as error:
        # The SDK raises plain exceptions, for a wrong signature among others.
        raise ProviderAway(f"the SDK says {type(error).__name__}") from error
    if not 200 <= status < 300:
        code = _code(content)
        raise ProviderAway(f"status {status}, code {code}", code=code)
    return dict(json.loads(content)) if content else {}


def _code(content: Any) -> str:
    try:
        return str(json.loads(content).get("code", ""))[:40]
    except (ValueError, TypeError, AttributeError):
        return ""


def _outcome(order: Handle) -> Outcome:
    """Return how the provider's order stands; NOTPAY, USERPAYING and ACCEPT are open."""
    state = STATES.get(str(order.get("trade_state")), "open")
    if state != "paid":
        return Outcome(state=state)  # type: ignore[arg-type]
    return Outcome(
        state="paid",
        amount=to_yuan(int(order["amount"]["total"])),
        transaction_id=str(order["transaction_id"]),
        paid_at=datetime.fromisoformat(order["success_time"]),
    )
