"""A field of a request that somebody fills in is called by its title when it is wrong, and a choice by its words."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from common.http.field_names import CHOICES, TITLES
from common.opinions import MOST

PROGRAMS = """
position sitting device scans scan_id scanned_at id card_document_id open_id search_id batch_id version ticket
applicant_id operator secret browser_key app host subject user refresh_token challenge_id fact demo staff
password_due commitment_opening_id account_kind captcha_id cover_id values deliver_held add remove
"""
SET_BY_PROGRAMS = frozenset(PROGRAMS.split())
"""What an app, a job or an operator's command sends: no form shows it."""
COMMANDS = """
prove_mobile unbind change_mobile m console away pending tenants units members policies matters languages html markdown
may_end
"""
CODES = frozenset(COMMANDS.split())
"""Choices that an app or an operator's command makes."""


def parts_of(schema: dict[str, Any]) -> list[dict[str, Any]]:
    items = [schema["items"]] if "items" in schema else []
    return [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *items]


def asked_for(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The fields of all requests of a service, with their schemas."""
    schemas, seen = document["components"]["schemas"], set()

    def within(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        if "$ref" in schema:
            name = schema["$ref"].split("/")[-1]
            if name not in seen:
                seen.add(name)
                yield from within(schemas[name])
            return
        for part in parts_of(schema):
            yield from within(part)
        for name, described in schema.get("properties", {}).items():
            yield name, described
            yield from within(described)

    for operations in document["paths"].values():
        for operation in operations.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                yield from within(content.get("schema", {}))


def choices_of(schema: dict[str, Any]) -> Iterator[str]:
    yield from map(str, schema.get("enum", ()))
    for part in parts_of(schema):
        yield from choices_of(part)


def test_whatever_is_filled_in_has_a_title_and_words(apps: dict[str, FastAPI]) -> None:
    fields = [pair for app in apps.values() for pair in asked_for(app.openapi())]
    names = {name for name, _ in fields}
    assert len(names) > 200
    assert sorted(names - TITLES.keys() - SET_BY_PROGRAMS) == [], (
        "give them a title in common/http/field_names.py"
    )
    choices = {code for _, schema in fields for code in choices_of(schema)}
    assert "spouse" in choices
    assert sorted(choices - CHOICES.keys() - CODES) == [], "give them words in common/http/field_names.py"


def test_what_is_said_with_a_decision_has_one_limit(apps: dict[str, FastAPI]) -> None:
    """A reason or an opinion is as long as `common.opinions` lets it be, in every service: the console counts along."""

    def texts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if schema.get("type") == "string" and "enum" not in schema and "const" not in schema:
            yield schema
        for part in parts_of(schema):
            yield from texts(part)

    said = [
        (service, name, text.get("maxLength"))
        for service, app in apps.items()
        for name, described in asked_for(app.openapi())
        if name in {"reason", "opinion"}
        for text in texts(described)
    ]
    assert len({service for service, _, _ in said}) > 3
    assert [one for one in said if one[2] != MOST] == []
