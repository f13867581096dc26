"""Refusals around verification codes."""

from common.errors import DomainError
from common.text import Text


class CodeWrong(DomainError):
    """The code is not the one sent last; `left` says how many tries remain."""

    status = 422
    code = "code.wrong"
    text = Text("验证码不正确，还可以再试 {left} 次。", "The code is not right. {left} tries are left.")


class CodeExpired(DomainError):
    """Its five minutes are over."""

    status = 422
    code = "code.expired"
    text = Text("验证码已超过5分钟，请重新获取。", "The code is older than five minutes. Ask for a new one.")


class CodeUsed(DomainError):
    """The code sent last was used already."""

    status = 422
    code = "code.used"
    text = Text(
        "验证码已使用过，每个验证码只能用一次，请重新获取。",
        "The code was used already; each is good once. Ask for a new one.",
    )


class CodeNotSent(DomainError):
    """No code was sent to this mobile for what it is to be used for."""

    status = 422
    code = "code.not_sent"
    text = Text(
        "没有向该手机号发送过此用途的验证码，请核对手机号并获取验证码。",
        "No code was sent to this mobile for this purpose. Check the number and ask for a code.",
    )


class CodeOtherPurpose(DomainError):
    """The code is right, but was asked for with another purpose."""

    status = 422
    code = "code.other_purpose"
    text = Text(
        "这个验证码是为“{sent_zh}”获取的，不能用于“{wanted_zh}”，请在本页面重新获取验证码。",
        "This code was asked for to {sent_en}, not to {wanted_en}. Ask for a code on this page.",
    )

    @classmethod
    def of(cls, *, sent: Text, wanted: Text) -> "CodeOtherPurpose":
        """Name both purposes."""
        return cls(sent_zh=sent.zh, sent_en=sent.en, wanted_zh=wanted.zh, wanted_en=wanted.en)


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
