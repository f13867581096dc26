"""Refusals of forms."""

from common.errors import DomainError
from common.text import Text


class NobodyToPrint(DomainError):
    """An order on which nobody can be covered has no form."""

    status = 409
    code = "form.nobody"
    text = Text(
        "还没有可参保人员，无法打印。请先上传花名册或添加人员。",
        "Nobody can be covered yet, so there is nothing to print. Upload a roster or add people first.",
    )
