"""The AsyncAPI document: valid by the official schema, true to what is sent, committed as it is generated."""

import gzip
import json

import httpx
import jsonschema_rs
import pytest
import yaml
from typer.testing import CliRunner

from common.events.asyncapi import asyncapi_document, asyncapi_yaml, load_contracts
from common.events.catalogue import catalogue
from common.events.contract import Event
from common.events.outbox import wrap
from common.ids import new_id
from huzhu.cli import make_app
from huzhu.gateway.app import create_gateway

from ..conftest import ROOT
from .test_contracts import stored

OFFICIAL = ROOT / "tests" / "data" / "asyncapi" / "3.0.0.json.gz"
EVENTS = load_contracts()


def official_faults(document: object) -> list[str]:
    schema = json.loads(gzip.decompress(OFFICIAL.read_bytes()))
    return [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(document)]


@pytest.mark.feature("N.06")
def test_the_document_is_valid_by_the_official_schema() -> None:
    assert official_faults(yaml.safe_load(asyncapi_yaml())) == []
    broken = json.loads(json.dumps(asyncapi_document()))
    broken["operations"]["claims-says"]["action"] = "shout"
    del broken["info"]["title"]
    assert len(official_faults(broken)) == 2, "the control: the schema sees a fault"


@pytest.mark.feature("N.06")
@pytest.mark.parametrize("wire", sorted(EVENTS))
def test_what_is_sent_is_what_the_document_says(wire: str) -> None:
    document = asyncapi_document()
    payload = document["components"]["messages"][wire]["payload"]
    validator = jsonschema_rs.validator_for({**payload, "components": document["components"]})
    event: Event = EVENTS[wire].model_validate(stored(wire))
    sent = json.loads(wrap(event, new_id()).encode())
    assert [error.message for error in validator.iter_errors(sent)] == []
    assert not validator.is_valid({**sent, "type": "somebody.else.v1"})
    required = [name for name, field in EVENTS[wire].model_fields.items() if field.is_required()]
    for field in required:
        without = {**sent, "data": {k: v for k, v in sent["data"].items() if k != field}}
        assert not validator.is_valid(without), field


def test_every_event_stands_in_one_channel() -> None:
    document = asyncapi_document()
    placed = [wire for channel in document["channels"].values() for wire in channel["messages"]]
    assert sorted(placed) == sorted(EVENTS)
    assert {operation["channel"]["$ref"] for operation in document["operations"].values()} == {
        f"#/channels/{topic}" for topic in document["channels"]
    }


@pytest.mark.feature("N.06")
def test_the_committed_documents_are_what_the_contracts_make() -> None:
    assert (ROOT / "docs" / "asyncapi.yaml").read_text(encoding="utf-8") == asyncapi_yaml(), "make contracts"
    assert (ROOT / "docs" / "events.md").read_text(encoding="utf-8") == catalogue(), "make contracts"


def test_the_catalogue_names_every_event_and_field() -> None:
    page = catalogue()
    for wire, kind in EVENTS.items():
        assert f"### {wire}\n" in page
        for field in kind.model_fields:
            assert f"| `{field}` |" in page
    assert "The person who applies on behalf of the insured person (代人申请)" in page, "fields' own words"


@pytest.mark.feature("N.06")
async def test_the_gateway_serves_it() -> None:
    gateway = create_gateway({})
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=gateway), base_url="http://gateway"
    ) as client:
        as_json = await client.get("/asyncapi.json")
        as_yaml = await client.get("/asyncapi.yaml")
    assert as_json.json() == asyncapi_document()
    assert as_yaml.headers["content-type"].startswith("application/yaml")
    assert yaml.safe_load(as_yaml.text) == asyncapi_document()


@pytest.mark.parametrize("name", ["a.yaml", "a.json", "a.md"])
def test_the_command_writes_it(tmp_path: object, name: str) -> None:
    path = tmp_path / name  # type: ignore[operator]
    result = CliRunner().invoke(make_app("asyncapi"), ["asyncapi", str(path)])
    assert result.exit_code == 0 and result.output == ""
    if name == "a.md":
        assert path.read_text(encoding="utf-8") == catalogue()
    else:
        assert yaml.safe_load(path.read_text(encoding="utf-8")) == asyncapi_document()
