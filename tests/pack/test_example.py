"""The example of a fifth union: right as it stands, each slip named by its place; the guide leaves nothing out."""

import re
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from common.contracts.pack import load_pack, read_text
from huzhu.cli import make_app

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "examples" / "donggang.yaml"
GUIDE = ROOT / "docs" / "new-union.md"
pytestmark = pytest.mark.feature("N.01")


def check(path: Path) -> Result:
    return CliRunner().invoke(make_app("tenant"), ["tenant", "check", str(path)])


def test_forms_are_told_in_words(tmp_path: Path) -> None:
    text = read_text(PACK).replace("  code: donggang\n", "  code: 东港\n").replace("rate: 0.30}", "rate: 30}")
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    told = check(path).stdout
    assert "小写字母" in told and "^[a-z]" not in told
    assert "benefits[0].formula.tiers[0].rate: 不能大于 1" in told


@pytest.mark.parametrize("command", ["check", "apply"])
@pytest.mark.parametrize(("name", "told"), [("missing.yaml", "没有这个文件"), ("", "这是文件夹")])
def test_a_file_that_is_not_there_is_told_in_words(
    tmp_path: Path, command: str, name: str, told: str
) -> None:
    answer = CliRunner().invoke(make_app("tenant"), ["tenant", command, str(tmp_path / name)])
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert told in answer.stderr and "file" in answer.stderr and "Usage" not in answer.stderr


def test_a_right_pack_says_nothing() -> None:
    checked = check(PACK)
    assert (checked.exit_code, checked.output) == (0, "")


FAULTS = (
    ("  code: donggang\n", "  code: 东港\n", "tenant.code"),
    ("per_share: 88,", "per_share: 八十八,", "products[0].contribution.per_share"),
    ("    benefits: [dock-injury]\n", "    benefits: [dock-injuries]\n", "claims[1].benefits[0]"),
    (
        "    chain: claim-stay\n    submit_within_days: 180",
        "    chain: claim\n    submit_within_days: 180",
        "claims[0].chain",
    ),
    ("role: claims_reviewer,", "role: reviewers,", "chains.claims[0].nodes[1].role"),
    ("rate: 0.30}", "rate: 30}", "benefits[0].formula.tiers[0].rate"),
    ('number: "6200000000123456"', "number: 6200000000123456", "account.number"),
    (
        "rounding: {places: 2, mode: half_up}\n",
        "rounding: {places: 2, mode: half_up}\nroundings: 1\n",
        "roundings",
    ),
    ("    benefits: [dock-hospital, dock-injury]\n", "", "products[0].benefits"),
    ("验证码{code}，{minutes}", "验证码{kode}，{minutes}", "messages[0].text"),
)


def test_every_slip_is_named_by_its_place_in_chinese(tmp_path: Path) -> None:
    text = read_text(PACK)
    for old, new, _ in FAULTS:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    broken = tmp_path / "broken.yaml"
    broken.write_text(text, encoding="utf-8")
    checked = check(broken)
    assert checked.exit_code == 1
    lines = checked.stdout.splitlines()
    for _, _, place in FAULTS:
        found = [line for line in lines if f" {place} " in line or f" {place}:" in line]
        assert found, f"{place} is not named in\n{checked.stdout}"
        assert re.match(r"broken\.yaml:\d+:\d+ ", found[0]) and re.search(r"[\u4e00-\u9fff]", found[0])


@pytest.mark.parametrize(
    ("content", "told"),
    [("", "键值"), ("a: [1\n", "YAML"), ("- 1\n- 2\n", "键"), ("\x00\x01", "")],
    ids=["empty", "no yaml", "a list", "bytes"],
)
def test_what_is_no_pack_at_all_is_told_in_one_line(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(content, encoding="utf-8")
    checked = check(path)
    assert checked.exit_code == 1 and checked.stdout.count("\n") >= 1
    assert "Traceback" not in checked.output
    assert told in checked.stdout and re.search(r"[\u4e00-\u9fff]", checked.stdout), checked.stdout


def test_the_guide_names_every_part_of_a_pack() -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    missing = [name for name in type(load_pack(PACK)).model_fields if f"`{name}`" not in guide]
    assert missing == []
    for command in ("huzhu tenant check", "huzhu tenant apply", "huzhu tenant consent", "huzhu tenant admin"):
        assert command in guide
