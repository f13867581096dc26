"""The WeChat Pay adapter against a stand-in that signs and verifies like the real one (API v3)."""

import asyncio
import base64
import json
import socket
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from fastapi import FastAPI, Request, Response

from common.contracts.pack import TenantPack
from common.ids import new_id
from enrollment.online_payments.errors import NoticeForged, PayerUnknown
from enrollment.online_payments.ports import PayOrder, ProviderAway, RefundOrder, RefundRefused
from enrollment.online_payments.ports.wechat import Merchants, WechatPayments, read_merchants
from enrollment.settings import Settings

API_KEY = "0123456789abcdef0123456789abcdef"
PUBLIC_KEY_ID = "PUB_KEY_ID_0000000000000000000001"


class Provider:
    """The provider's side: verifies the merchant's signature, signs its answers and notices with its own key."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65537, 2048)
        self.merchant = rsa.generate_private_key(65537, 2048)
        self.orders: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.sign_wrong = False
        self.refusal: str | None = None
        self.app = FastAPI()
        self.app.add_api_route("/{path:path}", self.answer, methods=["GET", "POST"])

    def signed(self, body: bytes, *, stamp: int | None = None) -> dict[str, str]:
        stamp_text, nonce = str(stamp or int(time.time())), "n" * 32
        message = f"{stamp_text}\n{nonce}\n{body.decode()}\n".encode()
        if self.sign_wrong:
            message += b"!"
        signature = base64.b64encode(self.key.sign(message, PKCS1v15(), SHA256())).decode()
        return {
            "Wechatpay-Signature": signature,
            "Wechatpay-Timestamp": stamp_text,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": PUBLIC_KEY_ID,
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    def verify(self, request: Request, body: bytes) -> None:
        kind, _, rest = request.headers["authorization"].partition(" ")
        assert kind == "WECHATPAY2-SHA256-RSA2048"
        given = dict(part.split("=", 1) for part in rest.split(","))
        values = {name: value.strip('"') for name, value in given.items()}
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        message = f"{request.method}\n{path}\n{values['timestamp']}\n{values['nonce_str']}\n{body.decode()}\n"
        signature = base64.b64decode(values["signature"])
        self.merchant.public_key().verify(signature, message.encode(), PKCS1v15(), SHA256())
        assert (values["mchid"], values["serial_no"]) == ("1900000001", "MERCHANTSERIAL")

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        self.verify(request, body)
        status, told = self.handled(request.url.path, json.loads(body) if body else {})
        content = json.dumps(told).encode() if told else b""
        return Response(
            content, status_code=status, media_type="application/json", headers=self.signed(content)
        )

    def handled(self, path: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path.startswith("/v3/pay/transactions/out-trade-no/"):
            number = path.split("/")[5]
            if number not in self.orders:
                return 404, {"code": "ORDER_NOT_EXIST", "message": "no such order"}
            if path.endswith("/close"):
                self.orders[number]["trade_state"] = "CLOSED"
                return 204, {}
            return 200, self.orders[number]
        if path == "/v3/refund/domestic/refunds":
            if self.refusal is not None:
                return 403, {"code": self.refusal, "message": "refused"}
            known = self.refunds.setdefault(asked["out_refund_no"], {**asked, "status": "PROCESSING"})
            return 200, known
        mode = path.rsplit("/", 1)[1]
        self.orders[asked["out_trade_no"]] = {
            "out_trade_no": asked["out_trade_no"],
            "trade_state": "NOTPAY",
            "amount": asked["amount"],
            "asked": asked,
        }
        named = {"native": "code_url", "h5": "h5_url", "jsapi": "prepay_id"}[mode]
        return 200, {named: f"weixin://{asked['out_trade_no']}"}

    def pay(self, number: str) -> dict[str, Any]:
        order = self.orders[number] | {
            "trade_state": "SUCCESS",
            "transaction_id": "4200000001",
            "success_time": "2026-11-28T12:00:00+08:00",
        }
        self.orders[number] = order
        return order

    def notice(self, order: dict[str, Any], *, stamp: int | None = None, key: str = API_KEY) -> Any:
        nonce = "0123456789ab"
        sealed = AESGCM(key.encode()).encrypt(nonce.encode(), json.dumps(order).encode(), b"transaction")
        body = json.dumps(
            {
                "id": "EV-1",
                "event_type": "TRANSACTION.SUCCESS",
                "resource_type": "encrypt-resource",
                "resource": {
                    "algorithm": "AEAD_AES_256_GCM",
                    "ciphertext": base64.b64encode(sealed).decode(),
                    "associated_data": "transaction",
                    "nonce": nonce,
                },
            }
        ).encode()
        return self.signed(body, stamp=stamp), body


@pytest_asyncio.fixture
async def provider() -> Provider:
    return Provider()


@pytest_asyncio.fixture
async def port(provider: Provider, tmp_path: Path) -> AsyncIterator[WechatPayments]:
    """The adapter, its merchant read from files, and the stand-in listening on loopback."""
    private = provider.merchant.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = provider.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "merchant.pem").write_bytes(private)
    (tmp_path / "provider.pem").write_bytes(public)
    merchants = tmp_path / "merchants.json"
    merchants.write_text(
        json.dumps(
            {
                "bit": {
                    "mchid": "1900000001", "appid": "wx0000000000000001", "serial": "MERCHANTSERIAL",
                    "private_key_file": "merchant.pem", "public_key_file": "provider.pem",
                    "public_key_id": PUBLIC_KEY_ID, "apiv3_key": API_KEY,
                }
            }
        )
    )  # fmt: skip
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    number = listening.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(provider.app, log_level="error", lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    yield WechatPayments(
        read_merchants(merchants), endpoint=f"http://127.0.0.1:{number}", public_url="https://union.example"
    )
    server.should_exit = True
    await task


def order(mode: Any = "qr", **changes: Any) -> PayOrder:
    values: dict[str, Any] = {
        "tenant_id": new_id(), "number": new_id().hex, "title": "会费 2026-11", "amount": Decimal("36.50"),
        "mode": mode, "expires_at": datetime.now(UTC) + timedelta(minutes=30), "client_ip": "10.0.0.1",
    }  # fmt: skip
    return PayOrder(**(values | changes))


async def test_a_payment_is_created_asked_about_and_closed(
    provider: Provider, port: WechatPayments, bit_pack: TenantPack
) -> None:
    wanted = order()
    assert await port.create(wanted, bit_pack) == {"qr": f"weixin://{wanted.number}"}
    asked = provider.orders[wanted.number]["asked"]
    assert asked["amount"] == {"total": 3650, "currency": "CNY"}
    assert asked["notify_url"].endswith(f"/api/enrollment/payments/notices/wechat/{wanted.tenant_id}")
    assert (await port.query(wanted.number, bit_pack)).state == "open"
    provider.pay(wanted.number)
    paid = await port.query(wanted.number, bit_pack)
    assert (paid.state, paid.amount, paid.transaction_id) == ("paid", Decimal("36.50"), "4200000001")
    other = order("web")
    assert "url" in await port.create(other, bit_pack)
    await port.close(other.number, bit_pack)
    assert (await port.query(other.number, bit_pack)).state == "closed"


async def test_inside_wechat_the_parameters_are_signed_by_the_merchant(
    provider: Provider, port: WechatPayments, bit_pack: TenantPack
) -> None:
    with pytest.raises(PayerUnknown):
        await port.create(order("wechat"), bit_pack)
    handle = (await port.create(order("wechat", open_id="o12345678"), bit_pack))["wechat"]
    text = "\n".join([handle["appId"], handle["timeStamp"], handle["nonceStr"], handle["package"]]) + "\n"
    provider.merchant.public_key().verify(
        base64.b64decode(handle["paySign"]), text.encode(), PKCS1v15(), SHA256()
    )


async def test_a_notice_is_verified_and_decrypted(
    provider: Provider, port: WechatPayments, bit_pack: TenantPack
) -> None:
    wanted = order()
    await port.create(wanted, bit_pack)
    headers, body = provider.notice(provider.pay(wanted.number))
    notice = await port.read_notice(headers, body, bit_pack)
    assert notice is not None and notice.number == wanted.number
    assert (notice.outcome.state, notice.outcome.amount) == ("paid", Decimal("36.50"))


async def test_forged_notices_are_refused(
    provider: Provider, port: WechatPayments, bit_pack: TenantPack, wuxi_pack: TenantPack
) -> None:
    wanted = order()
    await port.create(wanted, bit_pack)
    paid = provider.pay(wanted.number)
    headers, body = provider.notice(paid)
    old = provider.notice(paid, stamp=int(time.time()) - 3600)
    wrong_key = provider.notice(paid, key="f" * 32)
    provider.sign_wrong = True
    wrong_signature = provider.notice(paid)
    cases = [
        old, wrong_key, wrong_signature, (headers, body.replace(b"EV-1", b"EV-2")), ({}, body),
        (headers | {"Wechatpay-Serial": "OTHER"}, body), (headers | {"Wechatpay-Signature": "not base64"}, body),
    ]  # fmt: skip
    for sent, content in cases:
        with pytest.raises(NoticeForged):
            await port.read_notice(sent, content, bit_pack)
    with pytest.raises(NoticeForged):
        await port.read_notice(headers, body, wuxi_pack)


async def test_an_answer_with_a_wrong_signature_is_not_believed(
    provider: Provider, port: WechatPayments, bit_pack: TenantPack
) -> None:
    provider.sign_wrong = True
    with pytest.raises(ProviderAway):
        await port.create(order(), bit_pack)


async def test_a_refund_is_asked_for_by_its_number(
    provider: Provider, port: WechatPayments, bit_pack: TenantPack
) -> None:
    wanted = order()
    back = RefundOrder(
        number=wanted.number,
        refund_number="r1",
        amount=Decimal("10.00"),
        total=Decimal("36.50"),
        reason="退款",
    )
    assert await port.refund(back, bit_pack) is False
    provider.refunds["r1"]["status"] = "SUCCESS"
    assert await port.refund(back, bit_pack) is True
    assert provider.refunds["r1"]["amount"] == {"refund": 1000, "total": 3650, "currency": "CNY"}
    for status in ("ABNORMAL", "CLOSED"):
        provider.refunds["r1"]["status"] = status
        with pytest.raises(RefundRefused, match=status):
            await port.refund(back, bit_pack)
    for code in ("USER_ACCOUNT_ABNORMAL", "INVALID_REQUEST"):
        provider.refusal = code
        with pytest.raises(RefundRefused, match=code):
            await port.refund(back, bit_pack)
    for code in ("NOT_ENOUGH", "FREQUENCY_LIMITED"):
        provider.refusal = code
        with pytest.raises(ProviderAway, match=code):
            await port.refund(back, bit_pack)


async def test_a_provider_that_is_away_is_said_to_be_away(bit_pack: TenantPack, port: WechatPayments) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port._endpoint = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    with pytest.raises(ProviderAway):
        await port.query("0" * 32, bit_pack)


async def test_a_union_without_a_merchant_is_not_served(
    port: WechatPayments, bit_pack: TenantPack, wuxi_pack: TenantPack
) -> None:
    assert port.serves(bit_pack) and not port.serves(wuxi_pack)


def test_the_file_of_merchants_is_looked_at_before_the_start(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """Operators' commands and migrations have no such file and need none; a process that serves does."""
    place = tmp_path / "merchants.json"

    def told() -> list[str]:
        return Settings(payments="wechat", wechat_merchants=place).unmet()  # type: ignore[call-arg]

    assert "No such file" in told()[0]
    for text, fault in (
        ("{", "is no file of merchants"),
        ("[]", "is no file of merchants"),
        ("{}", "names no merchant"),
    ):
        place.write_text(text)
        assert fault in told()[0] and "ENROLLMENT_WECHAT_MERCHANTS" in told()[0]
    place.write_text('{"bit": {"mchid": "1", "private_key_file": "key.pem"}}')
    assert "key.pem" in told()[0] and "No such file" in told()[0]
    (tmp_path / "key.pem").write_text("key")
    assert told() == []


def test_a_service_that_is_only_opened_reads_no_merchants(tmp_path: Path) -> None:
    merchants = Merchants(tmp_path / "none.json")
    with pytest.raises(FileNotFoundError):
        "bit" in merchants  # noqa: B015 - asked for its own sake
