"""What `huzhu tenant reseal` does in each service's database; imported when it is done, as it takes seconds."""

from uuid import UUID

import typer
from sqlalchemy import select

from common.db import unscoped
from common.events.models import TenantDirectory
from common.http import ServiceContext
from common.rotation.resealing import left_of, reseal_tenant
from huzhu.service_contexts import worker_of


async def reseal_service(service: str, code: str, *, status: bool) -> int:
    """Move a service's values of a union under its newest key, or only count them; return how many are left."""
    worker = worker_of(service)
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
