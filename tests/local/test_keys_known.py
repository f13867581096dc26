"""`huzhu keys rotate` asks every process it can reach: one that cannot open the new key would open nothing more."""

import itertools
from collections.abc import Iterator

import httpx
import pytest
import typer

from huzhu.cli.keys import must_know


@pytest.mark.parametrize(
    ("answers", "probes", "told"),
    [
        (itertools.cycle([2] * 5 + [1]), "", "wait until every process was replaced"),
        (itertools.repeat(2), "claims-worker=http://127.0.0.1:2/worker", "claims-worker"),
        (itertools.repeat(3), "", "new session"),
    ],
    ids=["one of six replicas", "a worker", "an old session"],
)
def test_one_process_that_does_not_know_the_key_stops_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answers: Iterator[int],
    probes: str,
    told: str,
) -> None:
    monkeypatch.setenv("HUZHU_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HUZHU_PROBES", probes)

    def answer(url: str, **_: object) -> httpx.Response:
        return httpx.Response(200, json={"master_key": 1 if url.endswith("worker") else next(answers)})

    monkeypatch.setattr("huzhu.cli.keys.httpx.get", answer)
    with pytest.raises(typer.Exit):
        must_know(2)
    assert told in capsys.readouterr().err
