"""Which addresses of webhooks may be called, and how they are written."""

from ipaddress import ip_address

import pytest

from common.ids import new_id
from notify.webhooks.calling import Caller
from notify.webhooks.rules import address_fault, callable_address, written_host

from .webhooking import ORDER, Owner, city, handler, order, receiver

__all__ = ["city", "handler", "receiver"]


@pytest.mark.feature("N.06")
async def test_outside_a_local_run_no_private_address_is_called(handler: Owner) -> None:
    endpoint = await handler.register()
    await handler.place.deliver(order(handler.place))
    await handler.deliver(private=False)
    (delivery,) = await handler.log(endpoint)
    assert delivery["last_failure"] == "address.not_https" and handler.receiver.got == []
    caller = Caller(private=False)
    for url, failure in (
        ("https://localhost.localdomain:8443/", "address."), ("https://127.0.0.1/x", "address.private"),
        ("https://169.254.169.254/latest", "address.private"), ("https://[::ffff:10.0.0.1]/", "address.private"),
        ("https://user:pass@example.com/", "address.malformed"), ("https://intranet/", "address.private"),
        ("https://example.com:22/", "address.port"), ("https://0x7f000001/", "address."),
    ):  # fmt: skip
        answer = await caller.call(url, secrets=[], message_id=new_id(), body=b"{}", timestamp=1)
        assert answer.status is None and (answer.failure or "").startswith(failure), (url, answer)


@pytest.mark.feature("N.06")
async def test_wrong_addresses_and_events_are_refused(handler: Owner) -> None:
    good = {"url": handler.receiver.url, "description": "x", "event_types": [ORDER]}
    for changes, code in (
        ({"url": "ftp://example.com/x"}, "webhook.address_not_allowed"),
        ({"url": "https://a:b@example.com/"}, "webhook.address_not_allowed"),
        ({"url": "https://a..b.example.com/hook"}, "webhook.host_invalid"),
        ({"event_types": ["identity.verification_code_issued.v1"]}, "webhook.event_unknown"),
        ({"event_types": []}, "request.invalid"),
    ):
        answer = await handler.place.client.post("/webhooks", handler.actor, json=good | changes)
        assert (answer.status_code, answer.json()["code"]) == (422, code), changes
    for number in range(10):
        await handler.register(url=f"{handler.receiver.url}/{number}")
    answer = await handler.place.client.post("/webhooks", handler.actor, json=good)
    assert answer.json()["code"] == "webhook.too_many"


@pytest.mark.feature("N.06")
async def test_a_chinese_host_is_called_by_its_ascii_form(
    handler: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    async def address(self: Caller, host: str, port: int) -> str:
        asked.append(host)
        return "127.0.0.1"

    monkeypatch.setattr(Caller, "_address", address)
    url = handler.receiver.url.replace("127.0.0.1", "例子.中国")
    await handler.register(ORDER, url=url)
    await handler.place.deliver(order(handler.place))
    await handler.deliver()
    ((headers, _),) = handler.receiver.got
    assert asked == ["xn--fsqu00a.xn--fiqs8s"] and headers["host"].split(":")[0] == asked[0]


def test_hosts_as_they_are_written_and_addresses_that_may_be_called() -> None:
    for host, written in (
        ("例子.中国", "xn--fsqu00a.xn--fiqs8s"), ("例子。中国", "xn--fsqu00a.xn--fiqs8s"),
        ("EXAMPLE.com.", "example.com."), ("a_b.example.com", "a_b.example.com"),
        ("a..b.example.com", None), ("-a.example.com", None), ("☃.net", None), (f"{'x' * 64}.com", None),
        (".".join(["abcdefg"] * 40), None), ("fe80::1%eth0", None), ("2606:4700::1", "2606:4700::1"),
    ):  # fmt: skip
        assert written_host(host) == written, host
    for url in (
        "https://127。0。0。1/x",
        "https://１２７.0.0.1/x",
        "https://[fec0::1]/",
        "https://ａ.local/",
    ):
        assert address_fault(url, private=False) in ("private", "malformed"), url
    for address, callable_ in (
        ("fec0::1", False), ("fe80::1", False), ("fd00::1", False), ("::1", False), ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True), ("2606:4700::1111", True), ("8.8.8.8", True), ("100.64.0.1", False),
    ):  # fmt: skip
        assert callable_address(ip_address(address)) is callable_, address
