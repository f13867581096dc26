"""Two schemas of one service with the same name would get their modules' names in front, and clients would break."""

import pytest

from huzhu.gateway.app import service_apps
from huzhu.gateway.describe import placeholder_environment


def test_every_schema_of_a_service_has_a_name_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in placeholder_environment().items():
        monkeypatch.setenv(name, value)
    documents = {name: app.openapi() for name, app in service_apps().items()}
    named = {name: document["components"]["schemas"] for name, document in documents.items()}
    assert sum(len(schemas) for schemas in named.values()) > 100
    doubled = sorted(f"{name}: {one}" for name, schemas in named.items() for one in schemas if "__" in one)
    assert not doubled, "\n".join(doubled)
