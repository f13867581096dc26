"""`huzhu restore-database`: for the container that holds one server's database and archive."""

from pathlib import Path
from typing import Annotated

import typer

from huzhu.home import HomeInUse
from huzhu.parts.archive import NoBackup
from huzhu.recovery.restore import NoMoment
from huzhu.recovery.server import restore_database as restore


def restore_database(
    until: Annotated[
        str | None, typer.Option(help='恢复到的时刻，默认到最新 the moment, e.g. "2026-11-28 03:00:00+08"')
    ] = None,
    archive: Annotated[Path, typer.Option(help="备份所在 folder of the archive")] = Path("/archive"),
    data: Annotated[Path, typer.Option(help="数据库目录 folder of the database")] = Path(
        "/var/lib/postgresql/18/docker"
    ),
    host: Annotated[
        str, typer.Option(help="数据库地址，确认已停止 asked whether it is stopped")
    ] = "postgres",
) -> None:
    """恢复数据库目录。Lay a stopped server's database out anew; it replays its log at the next start."""
    try:
        base = restore(archive, data, until=until, host=host)
    except (NoBackup, NoMoment, HomeInUse) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    typer.echo(
        f"已从 {base.path.name} 的备份恢复；请启动平台，数据库先重放日志。"
        " Laid out from that backup: start the platform, the database replays its log first."
    )
