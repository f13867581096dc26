"""Two schemas of one service with the same name would get their modules' names in front, and clients would break."""

from fastapi import FastAPI


def test_every_schema_of_a_service_has_a_name_of_its_own(apps: dict[str, FastAPI]) -> None:
    documents = {name: app.openapi() for name, app in apps.items()}
    named = {name: document["components"]["schemas"] for name, document in documents.items()}
    assert sum(len(schemas) for schemas in named.values()) > 100
    doubled = sorted(f"{name}: {one}" for name, schemas in named.items() for one in schemas if "__" in one)
    assert not doubled, "\n".join(doubled)
