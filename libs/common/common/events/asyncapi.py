"""The AsyncAPI 3.0 document, made from the contracts so that it can't say anything else."""

import json
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml
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
FURTHER = (
    "dues",
    "reports",
    "orders",
    "language",
    "wechat",
    "export",
    "refunds",
    "stray",
    "unmatched",
    "matters",
    "bindings",
    "claims_snapshot",
)
"""Contracts of a producer that stand in a file of their own."""
HEARD = ("settlement",)
"""Topics that somebody outside writes and the platform reads."""
REF = "#/components/schemas/{model}"
DESCRIPTION = """\
职工互助保障平台的全部事件：每一次状态变化都在促成它的那个事务里写出，按本文件的结构发布。
每个消息是一个 CloudEvents 1.0 JSON（结构化模式），`data` 为该事件的内容；个人与医疗信息只以密文出现。
同一 `subject` 的事件按发生的顺序到达；每个事件至少送达一次，用 `id` 去重；`replay: true` 是补发，不应再次引起动作。
同一版本内只增加可选字段；不兼容的变化使用新的版本号（`.v2`），与旧版本并存。

Every change of state, written in the transaction that made it true. A message is a CloudEvents 1.0 event in JSON
(structured mode); `data` holds the facts, personal and medical values only as ciphertext. Events of one `subject`
arrive in the order they happened, each at least once (tell doubles by `id`); `replay: true` means said again, to
rebuild a copy. Within a version only optional fields are added; anything else gets a new version beside the old one.
"""


def load_contracts() -> dict[str, type[Event]]:
    """Import all contract modules and return every event by wire name."""
    for name in (*PRODUCERS, *FURTHER):
        import_module(f"common.contracts.{name}")
    return {wire: kind for wire, kind in all_event_types().items() if wire.split(".", 1)[0] in PRODUCERS}


def said_by(topic: str) -> str:
    """Return what the module of a topic's contracts says about itself."""
    return (import_module(f"common.contracts.{topic}").__doc__ or "").strip().splitlines()[0]


@cache
def asyncapi_document() -> dict[str, Any]:
    """Return the document: one channel per topic, one message per event, each the whole envelope as it is sent."""
    events = dict(sorted(load_contracts().items()))
    kinds: list[tuple[type[Any], Any]] = [(kind, "serialization") for kind in events.values()]
    mapping, definitions = models_json_schema([*kinds, (Envelope, "serialization")], ref_template=REF)
    topics = sorted({kind.topic() for kind in events.values()})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Huzhu 互助：事件 events",
            "version": "1.0.0",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic, events) for topic in topics},
        "operations": {
            f"{topic}-{'heard' if topic in HEARD else 'says'}": {
                "action": "receive" if topic in HEARD else "send",
                "channel": {"$ref": f"#/channels/{topic}"},
            }
            for topic in topics
        },
        "components": {
            "messages": {
                wire: _message(wire, kind, mapping[kind, "serialization"]) for wire, kind in events.items()
            },
            "schemas": definitions.get("$defs", {}),
        },
    }


@cache
def asyncapi_yaml() -> str:
    """Return the document as YAML, the form that is committed and given to partners."""
    document = json.loads(json.dumps(asyncapi_document()))  # without shared parts, which YAML would name
    return yaml.dump(document, Dumper=_Prose, allow_unicode=True, sort_keys=False, width=120)


class _Prose(yaml.SafeDumper):
    """Writes texts of several lines as they are read."""

    def text(self, value: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Prose.add_representer(str, _Prose.text)


def write_asyncapi(path: Path) -> None:
    """Write the document to a file: JSON if its name ends in .json, else YAML."""
    path.parent.mkdir(parents=True, exist_ok=True)
    as_json = path.suffix == ".json"
    text = (
        json.dumps(asyncapi_document(), ensure_ascii=False, indent=2) + "\n" if as_json else asyncapi_yaml()
    )
    path.write_text(text, encoding="utf-8")


def _channel(topic: str, events: dict[str, type[Event]]) -> dict[str, Any]:
    return {
        "address": topic,
        "description": said_by(topic),
        "messages": {
            wire: {"$ref": f"#/components/messages/{wire}"}
            for wire, kind in events.items()
            if kind.topic() == topic
        },
    }


def _message(wire: str, kind: type[Event], data: dict[str, Any]) -> dict[str, Any]:
    """An event in its envelope: what stands in the record's value, byte for byte."""
    summary, _, more = (kind.__doc__ or "").strip().partition("\n")
    message: dict[str, Any] = {
        "name": wire,
        "title": kind.__name__,
        "summary": summary,
        "contentType": "application/cloudevents+json",
        "payload": {
            "allOf": [
                {"$ref": REF.format(model="Envelope")},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": wire},
                        "schemaversion": {"const": kind.schema_version()},
                        "subject": {"description": subject_of(kind)},
                        "data": data,
                    },
                },
            ]
        },
        "bindings": {"kafka": {"key": {"type": "string", "description": subject_of(kind)}}},
    }
    if more.strip():
        message["description"] = more.strip()
    return message


def subject_of(kind: type[Event]) -> str:
    """Return in words what an event's `subject` is, within which order is kept."""
    return (kind.key.__doc__ or "").strip().splitlines()[0].rstrip(".")
