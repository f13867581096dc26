"""The home: its layout, its secrets file, its lock."""

import asyncio
import base64
import json
import stat
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from huzhu.home import Home, HomeInUse
from huzhu.secret_file import SecretsUnusable

HOLDER = """
import sys, time
from huzhu.home import Home
with Home(sys.argv[1]).lock():
    print("held", flush=True)
    time.sleep(1000)
"""


def test_the_secrets_are_random_private_and_stay(home: Home, tmp_path: Path) -> None:
    password = home.secrets.role("claims_app")
    assert stat.S_IMODE(home.secrets_path.stat().st_mode) == 0o600
    assert Home(home.path).secrets.role("claims_app") == password
    assert Home(tmp_path).secrets.role("claims_app") != password
    assert password not in repr(home.secrets)
    values = json.loads(home.secrets_path.read_text())
    assert len(set(values.values())) == len(values), "every secret is another one"


def test_the_keys_have_the_form_that_the_services_read(home: Home) -> None:
    number, key = home.secrets["master_key"].split(":")
    assert number == "1"
    for encoded in (key, home.secrets["link_signing_key"]):
        assert len(base64.b64decode(encoded, validate=True)) == 32


def test_a_newer_version_adds_its_secrets_and_keeps_the_old(home: Home) -> None:
    old = home.secrets["master_key"]
    values = json.loads(home.secrets_path.read_text())
    del values["link_signing_key"]
    home.secrets_path.write_text(json.dumps(values))
    home.secrets_path.chmod(0o644)
    again = Home(home.path).secrets
    assert again["link_signing_key"]
    assert again["master_key"] == old
    assert stat.S_IMODE(home.secrets_path.stat().st_mode) == 0o600


def test_new_keys_are_never_made_for_existing_data(home: Home) -> None:
    assert home.secrets["master_key"]
    home.data_of("postgres").joinpath("PG_VERSION").write_text("18\n")
    home.secrets_path.unlink()
    with pytest.raises(SecretsUnusable, match="is missing, but there is data"):
        _ = Home(home.path).secrets
    home.secrets_path.write_text('{"master_k')
    with pytest.raises(SecretsUnusable, match="not readable"):
        _ = Home(home.path).secrets


def test_the_folders_are_closed(home: Home) -> None:
    home.create()
    assert stat.S_IMODE(home.logs.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.run.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.path.stat().st_mode) & 0o066 == 0, "nobody else lists or writes"


def test_a_held_home_is_refused_with_a_clear_sentence(home: Home) -> None:
    with (
        home.lock(),
        pytest.raises(HomeInUse, match=r"is in use: a platform already runs on it \(process \d+\)"),
    ):
        Home(home.path).lock().__enter__()
    with home.lock():
        pass  # free again


async def test_the_lock_of_a_killed_process_is_free_at_once(home: Home) -> None:
    holder = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLDER, str(home.path), stdout=PIPE)
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    with pytest.raises(HomeInUse, match=f"process {holder.pid}"), home.lock():
        pass
    holder.kill()
    await holder.wait()
    with home.lock():
        pass
