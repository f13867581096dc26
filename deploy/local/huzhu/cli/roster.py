"""`huzhu roster check`: says of every row of a roster whether it is insurable and why not. Nothing is stored."""

from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Column, Table

from common.errors import DomainError
from enrollment.rosters import RosterReport, RosterRules, check_file
from huzhu.cli.packs import PackUnknown, find_pack

NOT_CHECKED, NOT_FOUND = 1, 2


class UnknownRules(Exception):
    """There is no such tenant or product; the message says which there are."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


def check(
    files: Annotated[list[Path], typer.Argument(help="Rosters, .xlsx.")],
    tenant: Annotated[str, typer.Option(help="Code of the tenant, e.g. wuxi, or the file of its pack.")],
    product: Annotated[str, typer.Option(help="Code of the product, e.g. three-in-one.")],
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON per file.")] = False,
) -> None:
    """Check rosters by the rules that need no register.

    Exit 0: every file was checked, whatever was found in it. 1: a file could not be read as a roster. 2: unknown
    tenant or product.
    """
    try:
        rules = load_rules(tenant, product)
    except UnknownRules as error:
        _say_error(error.code, error.message, as_json=as_json)
        raise typer.Exit(NOT_FOUND) from None
    checked = [_check_one(path, rules, as_json=as_json, name_it=len(files) > 1) for path in files]
    if not all(checked):
        raise typer.Exit(NOT_CHECKED)


def load_rules(tenant: str, product: str) -> RosterRules:
    """Return the rules of a product's roster from the tenant's pack. Raises UnknownRules."""
    from common.contracts.pack import PackInvalid, load_pack
    from enrollment.rosters import rules_of

    try:
        path = find_pack(tenant)
    except PackUnknown as unknown:
        raise UnknownRules("tenant.unknown", str(unknown)) from None
    try:
        pack = load_pack(path)
    except PackInvalid as invalid:
        faults = "；".join(fault.show(path.name) for fault in invalid.faults[:3])
        raise UnknownRules("tenant.pack_invalid", f"租户“{tenant}”的配置有误：{faults}") from invalid
    products = {p.code: p for p in pack.products if p.roster is not None}
    rules = rules_of(pack, products[product]) if product in products else None
    if rules is None:
        raise UnknownRules(
            "product.unknown",
            f"租户“{tenant}”没有可用花名册参保的项目“{product}”。可用的项目：{'、'.join(products) or '无'}。",
        )
    return rules


def _unreadable(path: Path, error: OSError) -> str:
    why = {
        FileNotFoundError: "文件不存在，请核对路径",
        IsADirectoryError: "这是一个文件夹，请给出其中的 xlsx 文件",
        PermissionError: "没有读取权限，请调整权限或换一个位置",
    }.get(type(error), "请核对路径和权限")
    return f"无法打开文件“{path}”：{why}。"


def _check_one(path: Path, rules: RosterRules, *, as_json: bool, name_it: bool) -> bool:
    """Check and print one file; return whether it could be checked."""
    file = {"file": str(path)} if name_it else {}
    try:
        report = check_file(path, rules)
    except DomainError as error:
        _say_error(error.code, error.sentence.zh, as_json=as_json, **file)
        return False
    except OSError as error:
        _say_error("file.unreadable", _unreadable(path, error), as_json=as_json, **file)
        return False
    if as_json:
        _print_json(file | {"rows": [_row(checked.row.number, checked.reasons) for checked in report.rows]})
    else:
        _print_table(path, report)
    return True


def _row(number: int, reasons: tuple[Any, ...]) -> dict[str, Any]:
    return {
        "row": number,
        "insurable": not reasons,
        "reasons": [{"code": r.code, "field": r.field, "message": r.sentence.zh} for r in reasons],
    }


def _print_table(path: Path, report: RosterReport) -> None:
    bad = report.not_insurable
    print(
        f"{path.name}：共 {len(report.rows)} 人，可参保 {len(report.rows) - len(bad)} 人，不可参保 {len(bad)} 人"
    )
    if not bad:
        return
    table = Table("行号", "姓名", "原因代码", Column("不可参保原因", overflow="fold"), show_lines=True)
    for checked in bad:
        codes = "\n".join(reason.code for reason in checked.reasons)
        messages = "\n".join(reason.sentence.zh for reason in checked.reasons)
        table.add_row(str(checked.row.number), checked.row["name"], codes, messages)
    Console(markup=False, highlight=False).print(table)


def _say_error(code: str, message: str, *, as_json: bool, **file: str) -> None:
    if as_json:
        _print_json(file | {"error": {"code": code, "message": message}})
    else:
        typer.echo(f"{file['file']}：{message}" if file else message, err=True)


def _print_json(value: dict[str, Any]) -> None:
    print(orjson.dumps(value).decode())
