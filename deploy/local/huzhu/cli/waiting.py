"""A command that needs the whole platform waits while it still starts, and says for what."""

import time

import httpx
import typer

from huzhu.running import public_url, running_home

WITHIN_SECONDS = 900.0
SAY_SECONDS = 5.0
_POLL_S = 0.5
_STARTING = 503


def wait_until_started(*, code: str) -> None:
    """Return when the platform has started and knows a union; end the command where it does not run or know it."""
    began = said = time.monotonic()
    url, told = public_url(), False
    while True:
        status, starting = _status(url), running_home().is_starting()
        if status == httpx.codes.OK and not starting:
            break
        if status is None and not starting:
            _end(f"{url} 没有应答：请先运行 make run（PORT= 要相同）。Nothing answers there: make run first.")
        now = time.monotonic()
        if now - began > WITHIN_SECONDS:
            _end(f"{url} 仍未启动完成，请看 make run 的输出。Still not started: see the output of make run.")
        if not told or now - said >= SAY_SECONDS:
            typer.echo(f"… {_words(url, status)} ({now - began:.0f} s)")
            told, said = True, now
        time.sleep(_POLL_S)
    if code not in _unions(url):
        _end(
            f"平台上没有工会“{code}”，请先载入其配置包：huzhu tenant apply 文件.yaml。"
            f" The platform knows no union {code}: apply its pack first."
        )


def _words(url: str, status: int | None) -> str:
    if status != httpx.codes.OK:
        return "平台正在启动 the platform is starting"
    there = "、".join(_unions(url)) or "无 none"
    return f"平台正在载入各工会 unions are being loaded；已载入 so far: {there}"


def _status(url: str) -> int | None:
    """What the platform answers; None where nobody does. A failure that is not a start's is shown by what follows."""
    try:
        answer = httpx.get(f"{url}/healthz", trust_env=False, timeout=5)
    except httpx.HTTPError:
        return None
    return _STARTING if answer.status_code == _STARTING else int(httpx.codes.OK)


def _unions(url: str) -> list[str]:
    try:
        answer = httpx.get(f"{url}/api/identity/tenants", trust_env=False, timeout=30)
        return [str(one["code"]) for one in answer.raise_for_status().json()["items"]]
    except httpx.HTTPError:
        return []


def _end(words: str) -> None:
    typer.echo(words, err=True)
    raise typer.Exit(1)
