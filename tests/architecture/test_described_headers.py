"""The OpenAPI documents say which headers are demanded, wherever and only where a request is refused without them."""

from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant

from common.http.edits import if_match
from common.http.once import once

from .test_routes import routes_of

DEMANDS: dict[str, Callable[..., object]] = {"Idempotency-Key": once, "If-Match": if_match}


def calls_of(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for below in dependant.dependencies:
        yield from calls_of(below)


@pytest.mark.parametrize("header", DEMANDS)
def test_a_demanded_header_is_required_in_the_document(header: str, apps: dict[str, FastAPI]) -> None:
    documents = {name: app.openapi() for name, app in apps.items()}
    assert all(app.openapi() is documents[name] for name, app in apps.items()), "made once"
    seen = 0
    for name, route in routes_of(apps):
        if not route.include_in_schema:
            continue
        method, path = name.split(" ")
        service = path.split("/")[1]
        operation = documents[service]["paths"][path.removeprefix(f"/{service}")][method.lower()]
        found = [item for item in operation.get("parameters", ()) if item["name"] == header]
        assert bool(found) == (DEMANDS[header] in set(calls_of(route.dependant))), name
        assert all(item["required"] and item["schema"]["type"] == "string" for item in found), name
        seen += len(found)
    assert seen > 20
