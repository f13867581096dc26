"""`huzhu tenant new-key` and `reseal`: a union's key is replaced, and everything it sealed follows."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import select

from common.consumer import Worker
from common.crypto.resealing import left_of, reseal_tenant
from common.db import unscoped
from common.events.models import TenantDirectory
from common.http import ServiceContext
from huzhu.cli.service_contexts import worker_of
from huzhu.cli.tenant import as_operator
from huzhu.home import SERVICES

Code = Annotated[str, typer.Argument(help="工会代码 code of the tenant")]


def new_key(
    code: Code, operator: Annotated[str, typer.Option(help="平台管理员 operator of the platform")] = "ops1"
) -> None:
    """Give a union a new key: what is written from now on stands under it; workers move the rest."""
    answer = asyncio.run(as_operator(operator, lambda it: it.send("POST", f"/tenants/{code}/keys")))
    typer.echo(
        f"{code}：{answer['version']} 号密钥已启用，旧数据由后台逐批换钥。"
        f" Key {answer['version']} is in use; workers move older values."
        f" 立即执行并看进度 now, with progress: huzhu tenant reseal {code}"
    )


def reseal(
    code: Code,
    status: Annotated[bool, typer.Option("--status", help="只看剩余 only say what is left")] = False,
) -> None:
    """Move every value of a union under its newest key, service by service; may be stopped and run again."""
    left = {service: asyncio.run(_one(worker_of(service), code, status)) for service in SERVICES}
    if not status and any(left.values()):
        typer.echo(
            "有数据未能换钥：正在被修改的稍后重跑即可，其余见日志。"
            " Some rows are left: those being changed follow on another run, for others see the log.",
            err=True,
        )
        raise typer.Exit(1)


async def _one(worker: Worker, code: str, status: bool) -> int:
    context = worker.context
    try:
        tenant_id = await _tenant_id(context, code)
        if tenant_id is None:
            typer.echo(f"{context.service} 没有工会 {code} knows no tenant {code}", err=True)
            raise typer.Exit(2)
        if status or worker.sealed is None:
            left = await left_of(context, tenant_id)
            shown = "，".join(f"{table} {rows}" for table, rows in left.items()) or "0"
            typer.echo(f"{context.service}: 剩余 left {shown}")
            return sum(left.values())

        def told(done: int, total: int) -> None:
            typer.echo(f"{context.service}: {done}/{total}")

        rest = await reseal_tenant(context, tenant_id, worker.sealed, told=told)
        typer.echo(f"{context.service}: 完成，剩余 done, left {rest}")
        return rest
    finally:
        await context.close()


async def _tenant_id(context: ServiceContext, code: str) -> UUID | None:
    statement = unscoped(
        select(TenantDirectory.tenant_id).where(TenantDirectory.code == code),
        why="the directory of public codes belongs to no tenant",
    )
    async with context.db.transaction(None) as session:
        return (await session.execute(statement)).scalar_one_or_none()
