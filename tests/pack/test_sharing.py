"""Kinds that share a stay exist, are others, and name each other; one fault each, at its place."""

import pytest

from common.contracts.pack import check_pack

from .packs import edited

OLD = "    shares_stays_with: [large-expense, critical-illness]\n"


@pytest.mark.feature("B.01", "N.01")
@pytest.mark.parametrize(
    ("written", "path", "code"),
    [
        ("[large-expense, critical-illness, §dental]", "claims[0].shares_stays_with[2]", "unknown_reference"),
        (
            "[large-expense, critical-illness, §ordinary-hospital]",
            "claims[0].shares_stays_with[2]",
            "shares_with_itself",
        ),
    ],
)
def test_what_a_kind_can_share_with(written: str, path: str, code: str) -> None:
    text, line, column = edited("zhejiang", OLD, f"    shares_stays_with: {written}\n")
    (fault,) = check_pack(text)
    assert (fault.path, fault.code, fault.line, fault.column) == (path, code, line, column)


@pytest.mark.feature("B.01", "N.01")
def test_sharing_is_said_by_both() -> None:
    text, _, _ = edited("zhejiang", OLD, "    §shares_stays_with: [large-expense]\n")
    (fault,) = check_pack(text)
    assert (fault.path, fault.code) == ("claims[2].shares_stays_with[0]", "sharing_one_sided")
    assert "ordinary-hospital" in fault.zh and "critical-illness" in fault.zh
