"""Faults of a pack are in Chinese first, without the words of the libraries that find them."""

import pytest

from common.contracts.pack import check_pack

from .packs import pack_text

pytestmark = pytest.mark.feature("N.01")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("kind: contribution", "kind: commercial", "只能是 contribution、public_benefit"),
        (
            "kind: daily_allowance",
            "kind: weekly",
            "只能是 daily_allowance、percentage、fixed_by、fixed、requested",
        ),
        ("sexes: [female, male]", "sexes: female", "须为列表，用方括号"),
        ("  code: wuxi", "\tcode: wuxi", "制表符"),
        ("  code: wuxi", "  code wuxi", "少了冒号"),
        ("  code: wuxi", '  code: "wuxi', "YAML 语法错误"),
        ("opened_by: [counter]", "opened_by: [窗口]", "只能是 member、feed、counter"),
    ],
)
def test_a_slip_is_said_in_chinese(before: str, after: str, words: str) -> None:
    text = pack_text("wuxi")
    assert before in text
    (fault,) = check_pack(text.replace(before, after, 1))
    assert words in fault.zh and " or " not in fault.zh and "'" not in fault.zh, fault
    assert not {"found", "expected", "Input", "should"} & set(fault.zh.split()), fault.zh
    assert fault.line > 1 and fault.en
