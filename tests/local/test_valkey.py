"""Valkey: password, persistence, kills."""

import asyncio
import os
import signal

import psutil
import pytest
import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError

from huzhu.home import Home
from huzhu.parts import EmbeddedValkey
from huzhu.parts.ports import HOST

from .processes import running_on


async def test_password_settings_and_persistence(home: Home) -> None:
    async with EmbeddedValkey(home) as valkey:
        port = valkey.port
        async with redis.from_url(valkey.url) as client:
            await client.set("kept", "1")
            settings = await client.config_get("*")
            assert settings["bind"] == HOST
            assert settings["appendonly"] == "yes"
            assert settings["appendfsync"] == "everysec"
            assert int(settings["maxmemory"] or 0) == 256 * 1024 * 1024
        for password in (None, "wrong"):
            async with redis.Redis(
                host=HOST, port=port, password=password, retry=Retry(NoBackoff(), 0)
            ) as stranger:
                with pytest.raises((AuthenticationError, RedisError)):
                    await stranger.get("kept")
        assert valkey.pid is not None
        shown = " ".join(psutil.Process(valkey.pid).cmdline()) + home.log_of("valkey").read_text()
        assert home.secrets["valkey_password"] not in shown
    async with EmbeddedValkey(home) as valkey, redis.from_url(valkey.url) as client:
        assert valkey.port == port
        assert await client.get("kept") == b"1"
    assert running_on(home) == []


async def test_after_a_kill(home: Home) -> None:
    valkey = EmbeddedValkey(home)
    for round_ in range(3):
        await valkey.start()
        async with redis.from_url(valkey.url) as client:
            assert await client.incr("rounds") == round_ + 1
            await asyncio.sleep(0.01 * round_)
        assert valkey.pid is not None
        os.kill(valkey.pid, signal.SIGKILL)
        await valkey.wait()
        await valkey.stop()
    assert running_on(home) == []
