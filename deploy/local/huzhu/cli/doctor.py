"""`huzhu doctor`: one line for each thing that was looked at; exit 1 where something is wrong."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from huzhu.doctor import examine
from huzhu.running import use_local_environment


def doctor(
    archive: Annotated[
        Path | None, typer.Option(help="备份所在，默认本机平台的 where backups lie, left out: this home's")
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="只说有问题的 only what is wrong, for cron")
    ] = False,
) -> None:
    """巡检：各进程、积压事件、磁盘、备份。Look at processes, waiting events, disks and backups; exit 1 on a fault."""
    use_local_environment()
    raise typer.Exit(1 if asyncio.run(_told(archive, quiet=quiet)) else 0)


async def _told(archive: Path | None, *, quiet: bool) -> bool:
    wrong = False
    async for finding in examine(archive):
        if finding.fault:
            wrong = True
            typer.echo(f"✗ {finding.what}: {finding.fault} → {finding.runbook}")
        elif not quiet:
            typer.echo(f"✓ {finding.what}")
    return wrong
