"""One OpenAPI document of all services, for client generators."""

import json
from typing import Any

from fastapi import FastAPI


def merged_openapi(apps: dict[str, FastAPI]) -> dict[str, Any]:
    """Merge the services' documents: paths get their prefix, schemas their service's name."""
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "Huzhu 互助", "version": "1"},
        "tags": [{"name": name} for name in apps],
        "paths": {},
        "components": {"schemas": {}},
    }
    for name, app in apps.items():
        document = _renamed(app.openapi(), name)
        for path, item in document["paths"].items():
            for operation in item.values():
                if isinstance(operation, dict):
                    operation["tags"] = [name]
                    operation["operationId"] = f"{name}_{operation.get('operationId', '')}"
            merged["paths"][f"/api/{name}{path}"] = item
        merged["components"]["schemas"] |= document.get("components", {}).get("schemas", {})
    return merged


def _renamed(document: dict[str, Any], service: str) -> dict[str, Any]:
    """Prefix every schema name with the service, so that two services may use the same name."""
    schemas = document.get("components", {}).get("schemas", {})
    text = json.dumps(document)
    for schema in schemas:
        text = text.replace(f'"#/components/schemas/{schema}"', f'"#/components/schemas/{service}_{schema}"')
    renamed: dict[str, Any] = json.loads(text)
    if schemas:
        renamed["components"]["schemas"] = {
            f"{service}_{key}": value for key, value in renamed["components"]["schemas"].items()
        }
    return renamed
