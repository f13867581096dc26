"""What can be refused about a payment."""

from common.errors import Conflict, DomainError
from common.text import Text


class PaperNotYours(DomainError):
    """A document receipt was given to somebody else."""

    status = 403
    code = "payment.paper_not_yours"
    text = Text(
        "上传的文件“{paper_zh}”不属于您的账号，请重新上传。",
        "The file given as {paper_en} was not uploaded by you. Upload it again.",
    )


class PaperFormatWrong(DomainError):
    """A document is of a kind that is not accepted here."""

    code = "payment.paper_format"
    text = Text(
        "“{paper_zh}”的文件格式不正确，只接受：{formats}。请重新上传。",
        "The file given as {paper_en} has the wrong format; accepted: {formats}. Upload it again.",
    )


class PaperMissing(DomainError):
    """A paper that the product asks for is missing."""

    code = "payment.paper_missing"
    text = Text("请上传“{paper_zh}”。", "Upload the {paper_en}.")


class PaperUnknown(DomainError):
    """The product asks for no such paper."""

    code = "payment.paper_unknown"
    text = Text(
        "没有名为 {paper} 的材料，可上传：{papers}。",
        "There is no paper {paper}; these are asked for: {papers}.",
    )


class AmountDiffers(Conflict):
    """A payment that is held cannot be confirmed: not what is due was paid."""

    code = "payment.amount_differs"
    text = Text(
        "不能确认：应付 {due} 元，实付 {paid} 元，{word_zh}付 {difference} 元。请退回付款并告知经办人{advice_zh}。",
        "It cannot be confirmed: {due} yuan are due, {paid} were paid, {difference} too {word_en}. "
        "Send the payment back and ask the handler to {advice_en}.",
    )
