"""What looks for ID numbers in answers sees one, and nothing else."""

import httpx
import pytest

from common.testing import Client

from .clear_numbers import MAY, ClearNumber, clear_numbers, forgives, look

NUMBER = "11010119900307803X"


def answer(body: object, *, method: str = "GET", path: str = "/orders/1/leavers") -> httpx.Response:
    return httpx.Response(200, json=body, request=httpx.Request(method, f"http://test{path}"))


async def test_a_planted_number_is_seen() -> None:
    with pytest.raises(ClearNumber, match="GET /orders/1/leavers") as told:
        await look(answer({"items": [{"document_number": NUMBER}]}))
    assert NUMBER not in str(told.value), "the log of a test run tells nobody's number"


async def test_what_may_tell_it_may() -> None:
    await look(answer({"document_number": NUMBER}, method="POST", path="/members/1/reveal"))
    await look(answer({"document_number": "1101**********803X"}))
    assert MAY and not forgives("GET", "/members/1/reveal") and not forgives("POST", "/members/1/reveal/more")


@pytest.mark.parametrize(
    "text", ["110101199003078034", "2026112900000001", f"1{NUMBER}", "110101209913078034"]
)
def test_other_numbers_are_none(text: str) -> None:
    assert clear_numbers(text) == []


async def test_every_services_client_looks(
    identity: Client, enrollment: Client, claims: Client, notify: Client, ocr: Client, activities: Client
) -> None:
    for client in (identity, enrollment, claims, notify, ocr, activities):
        assert look in client.http.event_hooks["response"]
