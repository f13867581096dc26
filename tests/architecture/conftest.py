"""The services' apps, made once for all tests of this folder: nothing of them is called, only looked at."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from huzhu.gateway.app import service_apps
from huzhu.gateway.describe import placeholder_environment


@pytest.fixture(scope="package")
def apps() -> Iterator[dict[str, FastAPI]]:
    """Every service's app, by name, with an environment that holds its places."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in placeholder_environment().items():
            patch.setenv(name, value)
        made = service_apps()
    yield made
