"""`huzhu roster check`: what scripts rely on."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from huzhu.cli import roster

from ...conftest import ROOT
from .sheets import CELLS, HEADINGS, sheet

SAMPLE = Path(__file__).parents[2] / "data" / "rosters" / "wuxi-sample.xlsx"
WUXI = ("--tenant", "wuxi", "--product", "three-in-one")
APP = typer.Typer()
APP.command()(roster.check)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(APP, [str(argument) for argument in arguments])


def test_json_of_the_sample() -> None:
    result = run(SAMPLE, *WUXI, "--json")
    assert result.exit_code == 0, "faults of rows are no failure of the check"
    rows = json.loads(result.stdout)["rows"]
    truth = json.loads(SAMPLE.with_suffix("").with_suffix(".truth.json").read_text())
    assert [{"row": r["row"], "codes": [reason["code"] for reason in r["reasons"]]} for r in rows] == truth
    assert all(r["insurable"] == (not r["reasons"]) for r in rows)
    (reason,) = next(r["reasons"] for r in rows if r["row"] == 13)
    assert set(reason) == {"code", "field", "message"}
    assert reason["field"] == "id_number"
    assert "检验位应为7" in reason["message"]


def test_several_files_print_a_line_each_and_a_bad_one_is_an_error(tmp_path: Path) -> None:
    bad = tmp_path / "bad.xlsx"
    bad.write_text("not a workbook")
    other = tmp_path / "other.xlsx"
    other.write_bytes(sheet(HEADINGS, CELLS))
    result = run(bad, other, *WUXI, "--json")
    assert result.exit_code == 1
    first, second = map(json.loads, result.stdout.splitlines())
    assert first["file"] == str(bad)
    assert first["error"]["code"] == "file.not_xlsx"
    assert second == {"file": str(other), "rows": [{"row": 2, "insurable": True, "reasons": []}]}


@pytest.mark.parametrize("content", [None, b"", sheet(["商品"], ["x"]), sheet(HEADINGS)])
def test_files_that_are_no_rosters(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "roster.xlsx"
    if content is not None:
        path.write_bytes(content)
    result = run(path, *WUXI, "--json")
    assert result.exit_code == 1
    assert set(json.loads(result.stdout)) == {"error"}
    assert set(json.loads(result.stdout)["error"]) == {"code", "message"}
    assert not {"No", "such", "file"} & set(json.loads(result.stdout)["error"]["message"].split())
    assert content is not None or "文件不存在" in json.loads(result.stdout)["error"]["message"]


@pytest.mark.parametrize(
    ("tenant", "product", "code"),
    [
        ("nowhere", "three-in-one", "tenant.unknown"),
        ("../wuxi", "x", "tenant.unknown"),
        ("wuxi", "x", "product.unknown"),
    ],
)
def test_unknown_tenants_and_products(tenant: str, product: str, code: str) -> None:
    result = run(SAMPLE, "--tenant", tenant, "--product", product, "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout)["error"]["code"] == code


def test_a_union_of_ones_own_is_named_by_the_file_of_its_pack(tmp_path: Path) -> None:
    """docs/new-union.md: before the pack is applied, and after."""
    pack = tmp_path / "donggang.yaml"
    pack.write_bytes((ROOT / "examples" / "donggang.yaml").read_bytes())
    roster = tmp_path / "roster.xlsx"
    roster.write_bytes(sheet(HEADINGS, CELLS))
    result = run(roster, "--tenant", pack, "--product", "docker-care", "--json")
    assert result.exit_code == 0 and len(json.loads(result.stdout)["rows"]) == 1, result.stdout
    missing = run(roster, "--tenant", tmp_path / "none.yaml", "--product", "docker-care", "--json")
    assert missing.exit_code == 2 and "没有配置包文件" in missing.stdout


def test_the_table_is_for_people() -> None:
    result = run(SAMPLE, *WUXI)
    assert result.exit_code == 0
    assert "共 15 人，可参保 9 人，不可参保 6 人" in result.stdout
    assert "id.checksum" in result.stdout
