"""`huzhu demo`: drives the main job against the running platform through the public API."""

import asyncio
import os
import time
from typing import Annotated

import typer

from common.contracts.pack import PackInvalid, load_pack
from huzhu.cli.packs import PackUnknown, find_pack
from huzhu.cli.tenant import as_operator
from huzhu.cli.waiting import wait_until_started
from huzhu.running import local_environment, public_url


def demo(
    tenant: Annotated[
        str, typer.Option(help="工会代码，或其配置包文件 code of the tenant, or the file of its pack")
    ] = "wuxi",
    seed: Annotated[int, typer.Option(help="生成人员的种子，默认取当前时间 seed of the invented people")] = 0,
) -> None:
    """Enrol a unit, pay a claim, balance the ledger: one line per step, exit 1 at the first that fails."""
    try:
        pack = load_pack(find_pack(tenant))
    except (PackUnknown, PackInvalid) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    password = os.environ.get("HUZHU_DEMO_PASSWORD") or local_environment().get("HUZHU_DEMO_PASSWORD")
    if not password:
        typer.echo("请给出演示账号的密码 set the demo accounts' password: HUZHU_DEMO_PASSWORD=", err=True)
        raise typer.Exit(2)
    wait_until_started(code=pack.code)
    from huzhu.demo import run_demo  # draws papers: seconds to import

    # Who ships has its demo accounts from the start; a union that was applied by hand gets its now.
    asyncio.run(as_operator("ops1", lambda operator: operator.add_demo(pack, password)))
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
