"""The kill tests run when asked for: `make faults`."""

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the long kill tests unless HUZHU_FAULTS is set; the checker's own tests always run."""
    if os.environ.get("HUZHU_FAULTS"):
        return
    for item in items:
        if "test_faults.py" in item.nodeid:
            item.add_marker(pytest.mark.skip(reason="kill tests run by `make faults`"))
