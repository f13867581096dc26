"""The command line `huzhu`."""

import typer

from . import demo, events, ocr, processes, roster, tenant

app = typer.Typer(
    name="huzhu",
    help="Huzhu 互助：职工互助保障平台 · the mutual-aid platform of trade unions",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

roster_app = typer.Typer(help="参保花名册 Rosters", no_args_is_help=True)
roster_app.command("check")(roster.check)
tenant_app = typer.Typer(help="工会配置包 Tenant packs", no_args_is_help=True)
tenant_app.command("check")(tenant.check)
tenant_app.command("apply")(tenant.apply)
tenant_app.command("consent")(tenant.consent)
events_app = typer.Typer(help="事件 Events", no_args_is_help=True)
events_app.command("tail")(events.tail)
events_app.command("replay")(events.replay)
events_app.command("dead-letters")(events.dead_letters)
events_app.command("snapshot")(events.snapshot)

app.add_typer(roster_app, name="roster")
app.add_typer(tenant_app, name="tenant")
app.add_typer(events_app, name="events")
app.command("ocr")(ocr.ocr)
app.command("demo")(demo.demo)
app.command("run")(processes.run)
app.command("api", hidden=True)(processes.api)
app.command("worker", hidden=True)(processes.worker)
app.command("recognition", hidden=True)(processes.recognition)


@roster_app.callback()
def _roster() -> None:
    """Keep `check` a command of its own although it is the only one."""
