"""Writes the merged OpenAPI document to a file, without a running platform: the web apps' client is made from it."""

import base64
import os
from pathlib import Path

import orjson

from huzhu.home import SERVICES

from .app import service_apps
from .openapi import merged_openapi

REPOSITORY_OPENAPI = Path(__file__).resolve().parents[4] / "web" / "openapi" / "huzhu.json"
"""Where `make web` writes the document."""
_ADDRESS = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"


def placeholder_environment() -> dict[str, str]:
    """Settings that let an app be made but lead nowhere and open nothing."""
    key = base64.b64encode(bytes(32)).decode()
    values = {
        "HUZHU_ENVIRONMENT": "local",
        "HUZHU_BUS_DATABASE_URL": _ADDRESS,
        "HUZHU_REDIS_URL": "redis://127.0.0.1:1",
        "HUZHU_MASTER_KEYS": f"1:{key}",
        "HUZHU_LINK_KEY": key,
        "HUZHU_JWKS_URL": "http://127.0.0.1:1/jwks.json",
    }
    for name in SERVICES:
        for role in ("", "RELAY_"):
            values[f"{name.upper()}_{role}DATABASE_URL"] = _ADDRESS
    return values


def write_openapi(path: Path) -> None:
    """Write the document with the services' present code; nothing is connected to."""
    os.environ.update(placeholder_environment())
    path.parent.mkdir(parents=True, exist_ok=True)
    document = merged_openapi(service_apps())
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    if not path.is_file() or path.read_bytes() != text:  # what has not changed need not be built again
        path.write_bytes(text)
