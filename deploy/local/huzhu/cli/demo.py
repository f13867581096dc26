"""`huzhu demo`: drives the main job against the running platform through the public API."""

import asyncio
import os
import time
from pathlib import Path
from typing import Annotated

import httpx
import typer

from common.contracts.pack import load_pack
from huzhu.demo import run_demo
from huzhu.running import local_environment, public_url

TENANTS = Path(__file__).resolve().parents[4] / "tenants"


def _answers() -> bool:
    try:
        return httpx.get(f"{public_url()}/healthz", trust_env=False, timeout=5).is_success
    except httpx.HTTPError:
        return False


def demo(
    tenant: Annotated[str, typer.Option(help="工会代码 code of the tenant")] = "wuxi",
    seed: Annotated[int, typer.Option(help="生成人员的种子，默认取当前时间 seed of the invented people")] = 0,
) -> None:
    """Enrol a unit, pay a claim, balance the ledger: one line per step, exit 1 at the first that fails."""
    pack = load_pack(TENANTS / f"{tenant}.yaml")
    password = os.environ.get("HUZHU_DEMO_PASSWORD") or local_environment()["HUZHU_DEMO_PASSWORD"]
    if not _answers():
        typer.echo(
            f"{public_url()} 没有应答：请先运行 make run（PORT= 要相同）。Nothing answers there: make run first."
        )
        raise typer.Exit(1)
    started = time.monotonic()
    passed = asyncio.run(
        run_demo(
            public_url(),
            pack=pack,
            password=password,
            seed=seed or time.time_ns() // 1_000_000,
            say=typer.echo,
        )
    )
    typer.echo(
        f"{'全部通过 all steps passed' if passed else '未通过 failed'}  {time.monotonic() - started:.1f} s"
    )
    raise typer.Exit(0 if passed else 1)
