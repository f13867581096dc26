"""Every check that recognition can fail is told in words."""

import re

import pytest

from claims.intake.rules.check_words import CHECK_TEXTS, check_text
from ocr.recognition import checks, one_paper

from ..conftest import ROOT

ADDED = re.compile(r"""\.add\(\s*"([a-z]+\.[a-z_]+)\"""")


@pytest.mark.feature("N.04")
def test_every_check_of_recognition_has_words() -> None:
    sources = (ROOT / "services" / "ocr" / "ocr" / "recognition").glob("*.py")
    codes = {code for path in sources for code in ADDED.findall(path.read_text(encoding="utf-8"))}
    codes |= {f"qr.{what}_matches" for what in checks._QR_CODES.values()} | {one_paper.CODE}
    assert len(codes) > 12 and codes == set(CHECK_TEXTS)
    assert check_text("another.check").zh == "材料内容互相矛盾"
