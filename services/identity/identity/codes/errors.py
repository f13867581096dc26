"""Refusals around verification codes."""

from common.errors import DomainError
from common.text import Text


class CodeWrong(DomainError):
    """The code is not the one sent last; `left` says how many tries remain."""

    status = 422
    code = "code.wrong"
    text = Text("验证码不正确，还可以再试 {left} 次。", "The code is not right. {left} tries are left.")


class CodeExpired(DomainError):
    """There is no code to check: none was sent, it was used, or its five minutes are over."""

    status = 422
    code = "code.expired"
    text = Text("验证码已失效，请重新获取。", "The code is no longer valid. Ask for a new one.")


class CodeSpent(DomainError):
    """Too many wrong tries."""

    status = 422
    code = "code.spent"
    text = Text(
        "验证码输错次数过多，已作废，请重新获取。",
        "Too many wrong tries. The code is void; ask for a new one.",
    )


class CaptchaNeeded(DomainError):
    """The union sends codes only to who has answered a captcha."""

    status = 422
    code = "captcha.needed"
    text = Text(
        "请先填写图形验证码，再获取短信验证码（看不清可换一张或改听语音）。",
        "Answer the captcha first; take another one or listen to it if you cannot read it.",
    )


class CaptchaWrong(DomainError):
    """The answer is wrong, or the captcha was used or is too old; in each case it takes another one."""

    status = 422
    code = "captcha.wrong"
    text = Text(
        "图形验证码不正确或已失效，请换一张重新填写。",
        "The answer is not right or the captcha is used up. Take another one.",
    )
