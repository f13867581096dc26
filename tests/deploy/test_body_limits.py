"""What a service takes in, every layer in front of it lets through."""

import re

import pytest
from pydantic import BaseModel

from common.http.middleware import BODY_LIMIT
from huzhu.home import SERVICES
from huzhu.stack.gateway_config import BODY_LIMIT as GATEWAY_LIMIT

from .manifests import ROOT
from .settings import settings_class


def limits_of(settings: type[BaseModel]) -> dict[str, int]:
    return {
        name: int(info.default) for name, info in settings.model_fields.items() if name.endswith("max_bytes")
    }


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_takes_larger_files_than_it_lets_through(service: str) -> None:
    for name, most in limits_of(settings_class(service)).items():
        assert most < BODY_LIMIT, name


def test_the_gateways_let_through_what_services_do() -> None:
    assert limits_of(settings_class("claims"))["feed_max_bytes"] == 200_000_000, "docs/security/controls.md"
    written = re.fullmatch(r"(\d+)m", GATEWAY_LIMIT)
    assert written and int(written[1]) * 1024 * 1024 >= BODY_LIMIT
    for path in ("deploy/compose/gateway.conf", "deploy/images/nginx.conf"):
        assert f"client_max_body_size {GATEWAY_LIMIT};" in (ROOT / path).read_text(), path
