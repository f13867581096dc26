"""`huzhu restore`: finds whose backup there is, `make run`'s or `make run-stack`'s, and refuses while that one runs."""

import pytest
from typer.testing import CliRunner

from huzhu.cli import make_app
from huzhu.home import Home
from huzhu.parts.archive import Archive


def restore(home: Home, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    monkeypatch.setenv("HUZHU_HOME", str(home.path))
    result = CliRunner().invoke(make_app("restore"), ["restore", *words])
    return result.exit_code, result.output


def test_the_home_that_was_backed_up_is_restored(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    Archive(home.stack).open()
    code, said = restore(home, monkeypatch)
    assert code == 1 and f"{home.stack.path}/archive/bases" in said
    code, said = restore(home, monkeypatch, "--run")
    assert code == 1 and f"{home.path}/archive/bases" in said


def test_it_refuses_while_the_stack_runs(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    Archive(home.stack).open()
    with home.stack.lock():
        code, said = restore(home, monkeypatch)
    assert code == 1 and str(home.stack.path) in said and "请先停止" in said


def test_two_backups_are_not_guessed_between(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    Archive(home).open()
    Archive(home.stack).open()
    code, said = restore(home, monkeypatch)
    assert code == 2 and "--stack" in said and str(home.stack.path) in said
    assert f"{home.stack.path}/archive" in restore(home, monkeypatch, "--stack")[1]
