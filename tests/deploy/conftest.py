"""The manifests of each overlay, for the tests of the folder."""

import pytest

from .manifests import OVERLAYS, Manifests


@pytest.fixture(params=OVERLAYS)
def overlay(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def manifests(overlay: str) -> Manifests:
    return Manifests.of(overlay)
