"""Tests that share the running platform must run in one process: with several, they are a group."""

import os

import pytest


@pytest.mark.xdist_group("one-process")
def test_a_group_stays_together(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@one-process"), "pytest-xdist does not see the groups"
