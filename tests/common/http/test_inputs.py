"""What comes in is decoded once, from its declared place, as its declared type; it leaves as JSON."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
import pytest_asyncio
from fastapi import APIRouter, Query
from pydantic import BaseModel

from common.app import build_app
from common.http import ServiceContext
from common.http.headers import SECURITY_HEADERS
from common.testing import Client, Mint, client_of

from ..consumer.conftest import sample_context  # noqa: F401

router = APIRouter()
MARKUP = "<script>alert('x')</script>&quot;\u2028"


class Words(BaseModel):
    words: str
    number: int


@router.post("/said/{name}")
async def said(name: str, body: Words, note: Annotated[str, Query(max_length=40)] = "") -> dict[str, Any]:
    return {"name": name, "note": note, **body.model_dump()}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def app(sample_context: ServiceContext, mint: Mint) -> AsyncIterator[Client]:  # noqa: F811
    class Shared(ServiceContext):
        async def close(self) -> None:
            """The fixture that made the connections closes them."""

    async with client_of(build_app(Shared(**vars(sample_context)), [router], title="inputs"), mint) as client:
        yield client


async def test_a_value_is_decoded_once_and_given_back_as_it_was(app: Client) -> None:
    answer = await app.post("/said/%253Cb%253E?note=%2526amp%253B", json={"words": MARKUP, "number": 1})
    assert answer.json() == {"name": "%3Cb%3E", "note": "%26amp%3B", "words": MARKUP, "number": 1}
    assert answer.headers["content-type"] == "application/json"
    assert {name: answer.headers.get_list(name) for name in SECURITY_HEADERS} == {
        name: [value] for name, value in SECURITY_HEADERS.items()
    }
    assert not [name for name in answer.headers if name.startswith(("access-control", "set-cookie"))]


async def test_a_parameter_has_one_source(app: Client) -> None:
    body = {"words": "body", "number": 1, "note": "body", "name": "body"}
    answer = await app.post(
        "/said/path?words=query&number=9&name=query", json=body, headers={"Note": "header"}
    )
    assert answer.json() == {"name": "path", "note": "", "words": "body", "number": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": [1]},
        {"number": {"$gt": 0}},
        {"number": 1.5},
        {"number": True, "words": 1},
        {"words": {"a": 1}},
    ],
    ids=str,
)
async def test_another_type_is_refused_and_named(app: Client, wrong: dict[str, Any]) -> None:
    answer = await app.post("/said/x", json={"words": "w", "number": 1, **wrong})
    assert answer.status_code == 422
    assert {fault["field"] for fault in answer.json()["errors"]} <= set(wrong)
    assert answer.json()["errors"][0]["message"].endswith("。")


async def test_a_form_of_a_page_cannot_say_what_json_says(app: Client) -> None:
    """A request that a foreign page may send without asking: another content type, no header of its own."""
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        answer = await app.post(
            "/said/x", content=b'{"words":"w","number":1}', headers={"Content-Type": kind}
        )
        assert answer.status_code == 422, kind
