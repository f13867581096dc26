"""The unified social credit code 统一社会信用代码: 18 characters, the last one a check character.

Source: GB 32100-2015. python-stdnum demands digits in the first two places, but the standard allows letters
there (A1, N2, Y1 …), so only its check character is used.
"""

from stdnum.cn import uscc

from ..text import Text
from .fault import Fault

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_CORRECT = Text("请按证书原件核对后修改。", "Correct it from the certificate.")
MISSING = Fault(
    "credit_code.missing",
    Text("没有填写统一社会信用代码。", "The unified social credit code is missing."),
    Text("请填写证书上的18位代码。", "Enter the 18 characters of the certificate."),
)
LOWERCASE = Fault(
    "credit_code.lowercase",
    Text("统一社会信用代码中有小写字母。", "The unified social credit code has small letters."),
    Text("请改为大写字母。", "Write capital letters."),
)
CHARACTERS = Fault(
    "credit_code.characters",
    Text(
        "统一社会信用代码只能由数字和大写字母组成（不含 I、O、S、V、Z），第3至8位为数字。",
        "The code is made of digits and capital letters (no I, O, S, V, Z); places 3 to 8 are digits.",
    ),
    _CORRECT,
)


def credit_code_check_digit(first17: str) -> str:
    """Return the check character of the first 17 characters. Source: GB 32100, weights 3^i modulo 31."""
    return str(uscc.calc_check_digit(first17))


def credit_code_faults(code: str) -> list[Fault]:
    """Return all that is wrong with a unified social credit code; an empty list means that it is right."""
    if not code:
        return [MISSING]
    faults = []
    upper = code.upper() if code.isascii() else code
    if len(code) != LENGTH:
        message = Text(
            f"统一社会信用代码应为18位，现为{len(code)}位。",
            f"A unified social credit code has 18 characters, this has {len(code)}.",
        )
        faults.append(Fault("credit_code.length", message, _CORRECT))
    if upper != code:
        faults.append(LOWERCASE)
    if not set(upper) <= set(ALPHABET) or not (upper[2:8].isdigit() or len(code) < 8):
        faults.append(CHARACTERS)
    elif len(code) == LENGTH and upper[-1] != (expected := credit_code_check_digit(upper[:17])):
        message = Text(
            f"统一社会信用代码不合法：校验码应为{expected}，现为{upper[-1]}。",
            f"The code is wrong: its check character should be {expected}, it is {upper[-1]}.",
        )
        faults.append(Fault("credit_code.checksum", message, _CORRECT))
    return faults
