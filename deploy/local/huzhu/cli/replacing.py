"""`huzhu replace`: the running stack's processes are replaced by new ones, without a request that fails."""

import time
from typing import Annotated

import typer

from huzhu.home import SERVICES, Home
from huzhu.processes.program import record_path, recorded
from huzhu.processes.record import Record
from huzhu.service_names import known
from huzhu.stack.names import process_names
from huzhu.supervisor import ask_to_replace

WITHIN_SECONDS = 900.0
_POLL_S = 0.5
_CLOCK_SLACK_S = 2.0


def replace(
    services: Annotated[
        list[str] | None, typer.Argument(help="只更换这些服务，默认全部 these services only; all by default")
    ] = None,
) -> None:
    """更换进程，请求不中断。Bring run-stack's databases up to date, replace its processes by the code as it is now."""
    chosen = [known(name) for name in services or SERVICES]
    home = Home().stack
    if not home.is_running():
        typer.echo(f"{home.path} 上没有运行中的平台。No platform of `make run-stack` runs there.", err=True)
        raise typer.Exit(1)
    asked, until = time.time() - _CLOCK_SLACK_S, time.monotonic() + WITHIN_SECONDS
    ask_to_replace(home, chosen)
    waiting = [name for name in process_names() if name.split("-")[0] in chosen]
    while waiting:
        new = [name for name in waiting if _started_after(home, name, asked)]
        for name in new:
            typer.echo(f"✓ {name}")
        waiting = [name for name in waiting if name not in new]
        if time.monotonic() > until:
            typer.echo(
                f"未完成 not replaced: {', '.join(waiting)}。原因见 make run-stack 的输出 its output says why.",
                err=True,
            )
            raise typer.Exit(1)
        time.sleep(_POLL_S)


def _started_after(home: Home, name: str, asked: float) -> bool:
    """Whether a process of this name, or its successor's, has been started since, and the one before has ended."""
    running = [one for one in recorded(home) if one == name or one == f"{name}-next"]
    records = [record for one in running if (record := Record.read(record_path(home, one))) is not None]
    return bool(records) and all(record.started > asked for record in records)
