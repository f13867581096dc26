"""What the OpenAPI document says of headers: those without which a request is refused are required, with their form.

The framework must not refuse them itself: its answer would not say what to do.
"""

from typing import Any

from fastapi import FastAPI

DEMANDED: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "description": "重试时不变，新操作换新值。The same when repeated, new for something new.",
        "schema": {"type": "string", "minLength": 8, "maxLength": 128},
        "example": "0198c0de-0000-7000-8000-000000000001",
    },
    "If-Match": {
        "description": "读取时 ETag 或 version 的值。The version that was read, as in ETag.",
        "schema": {"type": "string", "pattern": r'^(W/)?"?[0-9]+"?$'},
        "example": '"3"',
    },
}


def describe_headers(app: FastAPI) -> None:
    """Let the application's document say which headers are demanded."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _mark(generate())
        return generate()

    app.openapi = openapi  # type: ignore[method-assign]


def _mark(document: dict[str, Any]) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "header" and parameter["name"] in DEMANDED:
                    parameter.update(required=True, **DEMANDED[parameter["name"]])
