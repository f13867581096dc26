"""The phone of one member under cover for all tests of a module, signed in from test to test."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from huzhu.people.persons import Person

from .conftest import Crowd, Running
from .phone import kept_phone


@pytest.fixture(scope="module")
def member(crowd: Crowd) -> Person:
    return crowd.take()


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    """What the phone keeps from test to test."""
    return {}


@pytest.fixture
def page(running: Running, browser: Browser, member: Person, kept: dict[str, Any]) -> Iterator[Page]:
    with kept_phone(running, browser, member, kept) as page:
        yield page
