"""What the sandbox's bank refuses."""

from common.errors import DomainError
from common.text import Text


class NotABatch(DomainError):
    """The file has no payments in the layout of the union's batches."""

    code = "sandbox.not_a_batch"
    text = Text(
        "这不是本工会的支付批次文件。请选择在“支付批次”里下载的文件。",
        "This is no batch file of this union. Choose the file downloaded under “Payment batches”.",
    )
