"""`huzhu backup`, `huzhu restore`, `huzhu verify`, and the drill that tries them on a platform of its own."""

import asyncio
import json
import os
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from huzhu.home import Home, HomeInUse
from huzhu.parts import PartFailed
from huzhu.parts.archive import Archive, NoBackup
from huzhu.recovery.backup import BackupFailed, take_backup
from huzhu.recovery.restore import NoMoment
from huzhu.recovery.restore import restore as restore_home
from huzhu.running import NotRunning, running_home, use_local_environment


def backup() -> None:
    """备份运行中的平台。Back the running platform up into the folder archive/ of its home; keys are not part of it."""
    home = running_home()
    if not home.secrets_path.exists():
        raise NotRunning(home.path)
    try:
        taken = asyncio.run(take_backup(home))
    except (BackupFailed, PartFailed) as failed:
        typer.echo(str(failed), err=True)
        raise typer.Exit(1) from None
    typer.echo(
        f"备份完成 backup taken: {taken.base}，新增对象 new objects {taken.objects}，{taken.seconds:.1f} s"
    )
    typer.echo(
        "此后数据库日志至多 60 秒归档一次，可恢复到此后任意时刻。"
        " From now on the database's log is archived at least every 60 s: any later moment can be restored."
    )
    typer.echo(f"密钥另行保存 keep the keys elsewhere: {home.secrets_path}")


def restore(
    until: Annotated[
        str | None, typer.Option(help='恢复到的时刻，默认到最新 the moment, e.g. "2026-11-28 03:00:00+08"')
    ] = None,
    stack: Annotated[
        bool | None,
        typer.Option(
            "--stack/--run",
            help="恢复 run-stack 还是 run 的数据，默认取有备份的 whose data; left out: who has a backup",
            show_default=False,
        ),
    ] = None,
) -> None:
    """从备份恢复，先停止平台。Make a stopped home anew from its archive; the next start replays the log."""
    try:
        seconds = asyncio.run(restore_home(_home_to_restore(stack), until=until))
    except (NoBackup, NoMoment, HomeInUse) as refused:
        typer.echo(str(refused), err=True)
        raise typer.Exit(1) from None
    typer.echo(
        f"已恢复 restored ({seconds:.1f} s)。请启动平台，再运行 huzhu verify。Start the platform, then huzhu verify."
    )


def _home_to_restore(stack: bool | None) -> Home:
    """The home that is asked for, or the one that has a backup: `make run` and `make run-stack` have one each."""
    place = Home()
    if stack is not None:
        return place.stack if stack else place
    backed_up = [home for home in (place, place.stack) if Archive(home).bases.is_dir()]
    if len(backed_up) > 1:
        typer.echo(
            f"{place.path} 和 {place.stack.path} 都有备份，请加 --run 或 --stack 指明恢复哪一个。"
            " Both have a backup: say which with --run or --stack.",
            err=True,
        )
        raise typer.Exit(2)
    return backed_up[0] if backed_up else place


def verify(
    anchors: Annotated[
        Path | None, typer.Option(help="早先保存的锚点 anchors that an earlier run has written")
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="保存新的锚点，请放在别处 write the anchors; keep them elsewhere")
    ] = None,
) -> None:
    """校验每条审计链和每个基金。Read every audit chain and add every fund up; exit 1 where something is wrong."""
    from huzhu.recovery.check import check_everything

    known = _anchors(anchors) if anchors else None
    if write is not None and (write.is_dir() or not os.access(write.parent, os.W_OK)):
        typer.echo(
            f"无法写入 {write}：请核对文件夹和权限。 It cannot be written: check folder and rights.", err=True
        )
        raise typer.Exit(2)
    use_local_environment()
    found = asyncio.run(check_everything(known))
    for fault in found.faults:
        typer.echo(fault, err=True)
    typer.echo(
        f"审计链 chains {len(found.chains)}，条目 entries {found.entries}，"
        f"基金 funds {found.funds}，问题 faults {len(found.faults)}"
    )
    if write is not None:
        write.write_text(json.dumps(found.chains, indent=1))
    raise typer.Exit(1 if found.faults else 0)


def _anchors(path: Path) -> dict[str, tuple[int, str]]:
    try:
        read = json.loads(path.read_text())
        return {str(name): (int(seq), str(digest)) for name, (seq, digest) in read.items()}
    except OSError as error:
        typer.echo(f"无法读取锚点文件 {path}。 It cannot be read: {error.strerror}", err=True)
    except (ValueError, TypeError, AttributeError):
        typer.echo(
            f"{path} 不是 huzhu verify --write 写出的锚点文件。 It holds no anchors of verify --write.",
            err=True,
        )
    raise typer.Exit(2)


def drill() -> None:
    """Backup, destroy, restore and check a platform of its own; prints RPO and RTO."""
    from huzhu.recovery.drill import run_drill

    raise typer.Exit(0 if asyncio.run(run_drill(typer.echo)) else 1)


def erase_for_drill(tenant: UUID, person: UUID) -> None:
    """Carry an erasure out as an approved request does: the drill needs one."""
    from huzhu.recovery.erasing import erase_now

    use_local_environment()
    asyncio.run(erase_now(tenant, person))
