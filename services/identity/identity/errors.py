"""Refusals that several parts of identity give."""

from collections.abc import Mapping, Sequence
from typing import Any

from common.errors import DomainError
from common.identifiers import Fault
from common.text import Text


class FieldsInvalid(DomainError):
    """Values that break a rule; `errors` names each field with every fault it has."""

    status = 422
    code = "request.invalid"
    text = Text(
        "填写的内容有误，请按提示修改后重新提交。", "Some values are not valid. Correct them and send again."
    )

    @classmethod
    def raise_if(cls, faults: Mapping[str, Sequence[Fault]]) -> None:
        """Raise with all faults by field, if there are any."""
        errors: list[dict[str, Any]] = [
            {"field": field, "code": fault.code, "message": fault.sentence.in_language()}
            for field, found in faults.items()
            for fault in found
        ]
        if errors:
            raise cls(errors=errors)


class TooManyRequests(DomainError):
    """A limit was reached; `seconds` says when it is over."""

    status = 429
    code = "rate.limited"
    text = Text("操作过于频繁，请 {seconds} 秒后再试。", "Too many attempts. Try again in {seconds} seconds.")

    def __init__(self, *, seconds: int) -> None:
        super().__init__(seconds=seconds)
        vars(self)["headers"] = {"Retry-After": str(seconds)}


class NotOffered(DomainError):
    """The union's pack does not offer this way in."""

    status = 403
    code = "registration.not_offered"
    text = Text(
        "本工会没有开通这种登录或注册方式，请从本工会公布的入口办理或联系工会。",
        "Your union does not offer this way in. Use the entrance it names or ask your union.",
    )
