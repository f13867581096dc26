"""Mobile numbers of mainland China: 11 digits, the first 1, the second 3 to 9."""

import re

from ..text import Text
from .fault import Fault

_MOBILE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
MISSING = Fault(
    "mobile.missing",
    Text("没有填写手机号。", "The mobile number is missing."),
    Text("请填写本人的11位手机号。", "Enter the person's mobile number of 11 digits."),
)
FORMAT = Fault(
    "mobile.format",
    Text(
        "手机号不正确：应为11位数字，以13至19开头。",
        "The mobile number is wrong: 11 digits, beginning with 13 to 19.",
    ),
    Text("请核对后修改，不要加区号、空格或横线。", "Correct it; no area code, blanks or dashes."),
)


def mobile_faults(number: str) -> list[Fault]:
    """Return all that is wrong with a mobile number without blanks; an empty list means that it is right."""
    if not number:
        return [MISSING]
    return [] if _MOBILE.fullmatch(number) else [FORMAT]
