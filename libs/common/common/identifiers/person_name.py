"""Names of people: Chinese characters, the middle dot of minority names, letters of foreigners."""

import re

from ..text import Text
from .fault import Fault

LONGEST = 50
# CJK unified ideographs, extensions A to I, compatibility ideographs, 〇; Latin letters, also with accents.
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_NAME = re.compile(f"[{_HAN}{_LETTERS}]+(?:·[{_HAN}{_LETTERS}]+)*")
_ONE_LETTER = re.compile(f"[{_LETTERS}]")

MISSING = Fault(
    "name.missing",
    Text("没有填写姓名。", "The name is missing."),
    Text("请填写与身份证一致的姓名。", "Enter the name as on the ID card."),
)
SPACE = Fault(
    "name.space",
    Text("姓名中有空格。", "The name has blanks."),
    Text(
        "请删除姓名前后和中间的空格；外籍人员的姓与名之间请用“·”。",
        "Delete the blanks before, in and after it; between the parts of a foreign name write ·.",
    ),
)
CHARACTERS = Fault(
    "name.characters",
    Text(
        "姓名中有不允许的字符：只能是汉字、字母和名字中间的“·”。",
        "The name has characters that do not belong: Chinese characters, letters and · between them.",
    ),
    Text(
        "请按身份证核对，删除数字、标点和备注。",
        "Correct it from the ID card; leave out digits, punctuation and remarks.",
    ),
)

ONE_LETTER = Fault(
    "name.characters",
    Text("姓名只有一个字母，不是完整的姓名。", "The name is a single letter."),
    Text("请填写与身份证一致的完整姓名。", "Enter the whole name as on the ID card."),
)


def name_faults(name: str) -> list[Fault]:
    """Return all that is wrong with a name; an empty list means that it is right."""
    bare = "".join(name.split())
    if not bare:
        return [MISSING]
    faults = [] if bare == name else [SPACE]
    if len(bare) > LONGEST or not _NAME.fullmatch(bare):
        faults.append(CHARACTERS)
    elif len(bare) == 1 and _ONE_LETTER.fullmatch(bare):
        faults.append(ONE_LETTER)
    return faults
