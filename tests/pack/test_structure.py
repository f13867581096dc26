"""The models themselves: no union named in code, short files, tags that cannot be mistaken for fields."""

import re
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

import common.contracts.pack as package
from common.contracts.pack.model import TenantPack

from .packs import CODES, TENANTS, edited, pack_text

ROOT = Path(package.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))


def test_no_union_is_named_in_code() -> None:
    names = re.compile(r"\b(wuxi|zhejiang|beijing|bit)\b|无锡|浙江|北京|北理")
    named = [
        f"{path.name}: {line.strip()}"
        for path in FILES
        for line in path.read_text().splitlines()
        if names.search(line)
    ]
    # The sample line of a fault and the path of a file in a docstring are no decision.
    assert not [line for line in named if "wuxi.yaml:12:5" not in line]


def test_files_are_short() -> None:
    assert len(FILES) > 20
    assert not [path.name for path in FILES if len(path.read_text().splitlines()) >= 250]


def test_the_name_of_a_formula_is_never_the_name_of_a_field() -> None:
    """Places are found by leaving out of pydantic's path what is not in the file: that must not be ambiguous."""
    schema = TenantPack.model_json_schema()
    kinds = {
        tag
        for model in schema["$defs"].values()
        for part in model.get("properties", {}).values()
        for tag in part.get("discriminator", {}).get("mapping", {})
    }
    fields = {name for model in schema["$defs"].values() for name in model.get("properties", {})}
    assert kinds == {"daily_allowance", "percentage", "fixed_by", "fixed", "requested"}
    assert not kinds & fields


def test_every_error_type_that_the_models_can_give_has_its_sentence() -> None:
    from common.contracts.pack.sentences import _TEXT

    assert all(zh and en and zh != en for zh, en in _TEXT.values())


def _app() -> object:
    import typer

    from huzhu.cli.tenant import check

    app = typer.Typer()
    app.command("check")(check)
    return app


def test_tenant_check_is_silent_about_good_packs() -> None:
    for code in CODES:
        result = CliRunner().invoke(_app(), [str(TENANTS / f"{code}.yaml")])  # type: ignore[arg-type]
        assert (result.exit_code, result.output) == (0, "")


def test_tenant_check_prints_one_line_per_fault_with_its_place(tmp_path: Path) -> None:
    text, line, column = edited("wuxi", "    term_months: 12\n", "    term_months: §many\n")
    text = text.replace("target: hospital}", "target: hospitals}")
    (tmp_path / "wuxi.yaml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(_app(), [str(tmp_path / "wuxi.yaml")])  # type: ignore[arg-type]
    lines = result.output.splitlines()
    assert result.exit_code == 1 and len(lines) == 2
    assert lines[0].startswith(f"wuxi.yaml:{line}:{column} products[0].term_months: ")
    assert re.match(r"wuxi\.yaml:\d+:\d+ catalogue\[3\]\.target: .*hospital", lines[1])


def test_reading_a_pack_needs_neither_database_nor_network() -> None:
    heavy = ["sqlalchemy", "fastapi", "aiokafka", "httpx"]
    code = f"import sys, common.contracts.pack; print([m for m in {heavy} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_edited_text_really_differs() -> None:
    assert edited("wuxi", "logo_text: 锡", "logo_text: §京")[0] != pack_text("wuxi")
