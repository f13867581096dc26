"""The AsyncAPI document, made from the contracts so that it can't say anything else."""

from importlib import import_module
from typing import Any

from pydantic.json_schema import models_json_schema

from .contract import Event, all_event_types
from .envelope import Envelope

PRODUCERS = (
    "identity",
    "enrollment",
    "claims",
    "ocr",
    "notify",
    "activities",
    "settlement",
    "tenancy",
    "erasure",
)
FURTHER = ("dues",)
"""Contracts of a producer that stand in a file of their own."""
REF = "#/components/schemas/{model}"


def load_contracts() -> dict[str, type[Event]]:
    """Import all contract modules and return every event by wire name."""
    for name in (*PRODUCERS, *FURTHER):
        import_module(f"common.contracts.{name}")
    return {wire: kind for wire, kind in all_event_types().items() if wire.split(".", 1)[0] in PRODUCERS}


def asyncapi_document() -> dict[str, Any]:
    """Return the AsyncAPI 3.0 document: one channel per topic, one message per event."""
    events = load_contracts()
    kinds: list[tuple[type[Any], Any]] = [(kind, "serialization") for kind in events.values()]
    mapping, definitions = models_json_schema([*kinds, (Envelope, "serialization")], ref_template=REF)
    topics = sorted({kind.topic() for kind in events.values()})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Huzhu events",
            "version": "1",
            "description": "Every change of state. Messages are CloudEvents in JSON; `data` is the schema named here.",
        },
        "defaultContentType": "application/json",
        "channels": {
            topic: {
                "address": topic,
                "messages": {
                    wire: {"$ref": f"#/components/messages/{wire}"}
                    for wire, kind in sorted(events.items())
                    if kind.topic() == topic
                },
            }
            for topic in topics
        },
        "operations": {
            f"{topic}-says": {"action": "send", "channel": {"$ref": f"#/channels/{topic}"}}
            for topic in topics
        },
        "components": {
            "messages": {
                wire: {
                    "name": wire,
                    "title": kind.__name__,
                    "summary": (kind.__doc__ or "").strip().splitlines()[0],
                    "headers": mapping[Envelope, "serialization"],
                    "payload": mapping[kind, "serialization"],
                }
                for wire, kind in sorted(events.items())
            },
            "schemas": definitions.get("$defs", {}),
        },
    }
