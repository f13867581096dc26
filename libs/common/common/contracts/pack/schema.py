"""The JSON Schema of a pack, for editors (published as tenants/pack.schema.json)."""

from typing import Any

import orjson

from .model import TenantPack


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a tenant pack."""
    schema = TenantPack.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text() -> str:
    """Return the schema as the text of the published file."""
    return orjson.dumps(json_schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
