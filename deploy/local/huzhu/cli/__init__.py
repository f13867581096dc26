"""The command line `huzhu`. A command's module is imported only when that command is asked for."""

import sys
from collections.abc import Callable
from importlib import import_module

import typer

from huzhu.cli.faults import sentence_of

HELP = "Huzhu 互助：职工互助保障平台 · the mutual-aid platform of trade unions"
GROUPS = {
    "keys": (
        "密钥 Master keys",
        {"status": "status", "new-master": "new_master", "rotate": "rotate", "new-signing": "new_signing"},
    ),
    "objects": ("对象存储的备份 Backups of the object store", {"save": "save", "put-back": "put_back"}),
    "roster": ("参保花名册 Rosters", {"check": "check"}),
    "tenant": (
        "工会配置包 Tenant packs",
        {
            "check": "check",
            "apply": "apply",
            "consent": "consent",
            "admin": "admin",
            "new-key": "tenant_keys.new_key",
            "reseal": "tenant_keys.reseal",
        },
    ),
    "events": (
        "事件 Events",
        {
            "tail": "tail",
            "replay": "replay",
            "parked": "parked",
            "give-up": "give_up",
            "dead-letters": "dead_letters",
            "snapshot": "snapshot",
        },
    ),
}
COMMANDS = {
    "ocr": ("ocr", "ocr", "识别票据等材料 Recognise documents"),
    "openapi": ("openapi", "openapi", "输出接口文档 Write the OpenAPI documents"),
    "asyncapi": ("asyncapi", "asyncapi", "输出事件文档 Write the event documents"),
    "configuration": ("configuration", "configuration", "输出配置项文档 Write the page of every setting"),
    "demo": ("demo", "demo", "在运行中的平台上走完主流程 Drive the main job against the running platform"),
    "run": ("processes", "run", "启动整个平台 Start the whole platform on this machine"),
    "run-stack": (
        "processes",
        "run_stack",
        "各服务独立进程加 Kafka 启动 Start every service as processes on Kafka",
    ),
    "replace": (
        "replacing",
        "replace",
        "不停机更换各进程 Replace the processes of run-stack, no request fails",
    ),
    "backup": ("recovery", "backup", "备份 Back the running platform up"),
    "restore": ("recovery", "restore", "从备份恢复 Make a stopped home anew from its archive"),
    "restore-database": (
        "server",
        "restore_database",
        "恢复单机部署的数据库 Make the database of one server anew from its archive",
    ),
    "doctor": (
        "doctor",
        "doctor",
        "巡检，有问题时退出码 1 Look at everything; exit 1 where something is wrong",
    ),
    "verify": ("recovery", "verify", "校验审计链与账 Check every audit chain and every fund"),
    "drill": ("recovery", "drill", "恢复演练 Backup, destroy, restore and check a platform of its own"),
    "erase-for-drill": ("recovery", "erase_for_drill", ""),
    "api": ("processes", "api", ""),
    "worker": ("processes", "worker", ""),
    "recognition": ("processes", "recognition", ""),
}
HIDDEN = {"erase-for-drill", "api", "worker", "recognition"}


def _function(module: str, name: str) -> Callable[..., object]:
    function: Callable[..., object] = getattr(import_module(f"huzhu.cli.{module}"), name)
    return function


def _nothing() -> None:
    """A command of the list that help shows; it is never run."""


def _overview() -> typer.Typer:
    """The command line as `huzhu --help` shows it: every command, none imported (that takes seconds)."""
    made = _empty()
    for name, (title, _) in GROUPS.items():
        made.command(name, help=title)(_nothing)
    for name, (_, _, title) in COMMANDS.items():
        made.command(name, help=title, hidden=name in HIDDEN)(_nothing)
    return made


def _empty() -> typer.Typer:
    return typer.Typer(
        name="huzhu", help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )


def _group(name: str) -> typer.Typer:
    title, commands = GROUPS[name]
    group = typer.Typer(help=title, no_args_is_help=True)
    for command, function in commands.items():
        module, _, short = function.rpartition(".")
        group.command(command)(_function(module or name, short))

    @group.callback()
    def _keep() -> None:
        """A group stays a group though it may have one command only."""

    return group


def make_app(wanted: str) -> typer.Typer:
    """Return the command line with the one command or group that is wanted."""
    made = _empty()

    @made.callback()
    def _keep() -> None:
        """Keep the name of a command though it may be the only one that was imported."""

    for name in GROUPS:
        if wanted == name:
            made.add_typer(_group(name), name=name, help=GROUPS[name][0])
    for name, (module, function, _) in COMMANDS.items():
        if wanted == name:
            made.command(name, hidden=name in HIDDEN)(_function(module, function))
    return made


def app() -> None:
    """Run the command line on this process's arguments."""
    first = sys.argv[1] if len(sys.argv) > 1 else None
    made = make_app(first) if first in GROUPS or first in COMMANDS else _overview()
    try:
        made()
    except Exception as error:
        if (told := sentence_of(error)) is None:
            raise
        typer.echo(told, err=True)
        sys.exit(1)
