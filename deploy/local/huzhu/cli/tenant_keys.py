"""`huzhu tenant new-key` and `reseal`: a union's key is replaced, and everything it sealed follows."""

import asyncio
from typing import Annotated

import typer

from huzhu.cli.tenant import Acting, as_operator
from huzhu.home import SERVICES

Code = Annotated[str, typer.Argument(help="工会代码 code of the tenant")]


def new_key(code: Code, operator: Acting = "ops1") -> None:
    """换工会密钥。Give a union a new key: what is written from now on stands under it; workers move the rest."""
    answer = asyncio.run(
        as_operator(
            operator,
            lambda it: it.send("POST", f"/tenants/{code}/keys"),
            missing=f"工会 {code} tenant {code}",
        )
    )
    typer.echo(
        f"{code}：{answer['version']} 号密钥已启用，旧数据由后台逐批换钥。"
        f" Key {answer['version']} is in use; workers move older values."
        f" 立即执行并看进度 now, with progress: huzhu tenant reseal {code}"
    )


def reseal(
    code: Code,
    status: Annotated[bool, typer.Option("--status", help="只看剩余 only say what is left")] = False,
) -> None:
    """旧数据换钥。Move every value of a union under its newest key, service by service; may be run again."""
    from huzhu.cli.resealing import reseal_service

    left = {service: asyncio.run(reseal_service(service, code, status=status)) for service in SERVICES}
    if not status and any(left.values()):
        typer.echo(
            "有数据未能换钥：正在被修改的稍后重跑即可，其余见日志。"
            " Some rows are left: those being changed follow on another run, for others see the log.",
            err=True,
        )
        raise typer.Exit(1)
