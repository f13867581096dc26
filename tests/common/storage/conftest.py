"""A bucket and uploads of the tests' own."""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from common.crypto import Keyring
from common.settings import CommonSettings
from common.storage import ObjectStore
from common.storage.uploads import ResumableUploads, UploadPurpose
from tests.common.conftest import Addresses
from tests.conftest import Parts

PART = 64 * 1024
PURPOSES = [
    UploadPurpose("evidence", 20 * 1024 * 1024, frozenset({"image/jpeg", "application/pdf"})),
    UploadPurpose("roster", 1024, max_open=3),
]


def settings_for(parts: Parts, addresses: Addresses, **changes: Any) -> CommonSettings:
    values = {name.lower(): value for name, value in parts.environment().items()}
    known = {
        name: values[f"huzhu_{name}"] for name in CommonSettings.model_fields if f"huzhu_{name}" in values
    }
    return CommonSettings.model_validate(
        {**known, "database_url": addresses.app, "relay_database_url": addresses.relay, **changes}
    )


@pytest.fixture(scope="session")
def settings(parts: Parts, addresses: Addresses) -> CommonSettings:
    return settings_for(parts, addresses)


@pytest.fixture(scope="session")
async def store(settings: CommonSettings) -> AsyncIterator[ObjectStore]:
    made = ObjectStore.connect(settings, f"common-{os.getpid()}")
    await made.ensure_bucket()
    await made.ensure_bucket()
    yield made
    made.close()


@pytest.fixture
def uploads(store: ObjectStore, keyring: Keyring) -> ResumableUploads:
    return ResumableUploads(store, keyring, PURPOSES, part_bytes=PART)
