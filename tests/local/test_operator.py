"""An operator's request to a platform that is busy for a moment: sent again with its key, not given up."""

import httpx
import pytest

from huzhu import operator
from huzhu.operator import Operator, OperatorRefused

WORDS = "系统繁忙，请稍后再试，您的内容没有丢失。"


def answering(statuses: list[int], seen: list[httpx.Request]) -> Operator:
    """An operator whose platform answers with these statuses, the last one again and again."""

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        status = statuses[min(len(seen), len(statuses)) - 1]
        return httpx.Response(
            status, json={"version": 3} if status < 300 else {"detail": WORDS, "code": "busy"}
        )

    made = Operator("http://platform.test", "ops1", "secret")
    made._http = httpx.AsyncClient(base_url="http://platform.test", transport=httpx.MockTransport(answer))
    return made


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operator, "PAUSE_SECONDS", 0.0)


async def test_a_busy_platform_is_asked_again_with_the_same_key() -> None:
    seen: list[httpx.Request] = []
    assert await answering([503, 502, 504, 200], seen).send("POST", "/tenants", {"code": "x"}) == {
        "version": 3
    }
    assert len(seen) == 4 and len({one.headers["idempotency-key"] for one in seen}) == 1
    assert {one.content for one in seen} == {seen[0].content}


async def test_a_platform_that_stays_busy_is_told_in_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operator, "BUSY_SECONDS", 0.05)
    with pytest.raises(OperatorRefused, match=WORDS):
        await answering([503], []).send("GET", "/tenants")


@pytest.mark.parametrize("status", [401, 404, 409, 422, 500])
async def test_a_refusal_is_not_sent_again(status: int) -> None:
    seen: list[httpx.Request] = []
    with pytest.raises(OperatorRefused):
        await answering([status], seen).send("PUT", "/tenants/x/pack", {})
    assert len(seen) == 1
