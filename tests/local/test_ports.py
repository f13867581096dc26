"""Ports: free, remembered, changed only when taken."""

import socket

import pytest

from huzhu.home import Home
from huzhu.parts import EmbeddedPostgres, PartFailed
from huzhu.parts.ports import HOST, Ports, is_free


def test_a_port_is_remembered(home: Home) -> None:
    port = Ports(home).take("one")
    assert is_free(port)
    assert Ports(Home(home.path)).take("one") == port
    assert Ports(home).take("two") != port


@pytest.mark.parametrize("distance", [0, 10000])
def test_a_port_that_somebody_took_is_changed(home: Home, distance: int) -> None:
    port = Ports(home).take("one", companion=10000)
    with socket.create_server((HOST, port + distance)):
        assert Ports(home).take("one", companion=10000) != port


def test_to_attach_needs_a_server_that_was_started(home: Home) -> None:
    with pytest.raises(PartFailed, match="has never been started"):
        EmbeddedPostgres(home).attach()
    port = Ports(home).take("postgres")
    with socket.create_server((HOST, port)):
        assert EmbeddedPostgres(home).attach().port == port
