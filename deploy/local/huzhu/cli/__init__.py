"""The command line `huzhu`. A command's module is imported only when that command is asked for."""

import sys
from collections.abc import Callable
from importlib import import_module

import typer

HELP = "Huzhu 互助：职工互助保障平台 · the mutual-aid platform of trade unions"
GROUPS = {
    "roster": ("参保花名册 Rosters", {"check": "check"}),
    "tenant": ("工会配置包 Tenant packs", {"check": "check", "apply": "apply", "consent": "consent"}),
    "events": (
        "事件 Events",
        {"tail": "tail", "replay": "replay", "dead-letters": "dead_letters", "snapshot": "snapshot"},
    ),
}
COMMANDS = {
    "ocr": ("ocr", "ocr"),
    "openapi": ("openapi", "openapi"),
    "demo": ("demo", "demo"),
    "run": ("processes", "run"),
    "api": ("processes", "api"),
    "worker": ("processes", "worker"),
    "recognition": ("processes", "recognition"),
}
HIDDEN = {"api", "worker", "recognition"}


def _function(module: str, name: str) -> Callable[..., object]:
    function: Callable[..., object] = getattr(import_module(f"huzhu.cli.{module}"), name)
    return function


def _group(name: str) -> typer.Typer:
    title, commands = GROUPS[name]
    group = typer.Typer(help=title, no_args_is_help=True)
    for command, function in commands.items():
        group.command(command)(_function(name, function))

    @group.callback()
    def _keep() -> None:
        """A group stays a group though it may have one command only."""

    return group


def make_app(wanted: str | None = None) -> typer.Typer:
    """Return the command line, with one command or group only if `wanted` names one."""
    made = typer.Typer(
        name="huzhu", help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )

    @made.callback()
    def _keep() -> None:
        """Keep the name of a command though it may be the only one that was imported."""

    for name in GROUPS:
        if wanted in (None, name):
            made.add_typer(_group(name), name=name, help=GROUPS[name][0])
    for name, place in COMMANDS.items():
        if wanted in (None, name):
            made.command(name, hidden=name in HIDDEN)(_function(*place))
    return made


def app() -> None:
    """Run the command line on this process's arguments."""
    first = sys.argv[1] if len(sys.argv) > 1 else None
    make_app(first if first in GROUPS or first in COMMANDS else None)()
