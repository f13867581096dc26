"""Why an uploaded workbook is refused as a whole: each says what it is, and what to do."""

from ..errors import DomainError
from ..text import Text


class SheetRefused(DomainError):
    """The file cannot be read as a workbook; subclasses say why."""

    code = "file.refused"


class NotAWorkbook(SheetRefused):
    """The file is something else than an xlsx workbook; `kind` is what it seems to be."""

    code = "file.not_xlsx"
    text = Text(
        "这不是 Excel 工作簿（.xlsx），看起来是{kind}。请在 Excel 或 WPS 中另存为“Excel 工作簿（*.xlsx）”后再上传。",
        "This is no Excel workbook (.xlsx); it seems to be {kind}. Save it as “Excel workbook (*.xlsx)”, then upload.",
    )

    def __init__(self, kind: Text) -> None:
        super().__init__()
        self.kind = kind

    @property
    def sentence(self) -> Text:
        """The sentence, with the kind of file named in each language."""
        return Text(self.text.zh.format(kind=self.kind.zh), self.text.en.format(kind=self.kind.en))


class WorkbookEncrypted(SheetRefused):
    """The workbook has a password."""

    code = "file.encrypted"
    text = Text(
        "工作簿设有密码，无法读取。请取消密码后再上传。",
        "The workbook has a password. Remove it, then upload.",
    )


class WorkbookDamaged(SheetRefused):
    """The workbook cannot be unpacked or its parts contradict each other."""

    code = "file.damaged"
    text = Text(
        "工作簿已损坏，无法读取。请用 Excel 或 WPS 打开并另存后再上传。",
        "The workbook is damaged. Open it in Excel or WPS, save it anew, then upload.",
    )


class FileTooLarge(SheetRefused):
    """The file has more bytes than allowed."""

    status = 413
    code = "file.too_large"
    text = Text(
        "文件超过 {limit_mb} MB。请删除图片和无关的工作表，或分成几个文件上传。",
        "The file exceeds {limit_mb} MB. Remove pictures and other sheets, or upload several files.",
    )


class WorkbookTooLarge(SheetRefused):
    """The workbook is small, but would unpack to far more than any real one."""

    status = 413
    code = "file.unpacks_too_large"
    text = Text(
        "工作簿解压后过大（上限 {limit_mb} MB），已停止读取。请把人员复制到新的模板后再上传。",
        "The workbook unpacks to more than {limit_mb} MB. Copy the rows into a fresh template, then upload.",
    )


class TooManyRows(SheetRefused):
    """The sheet has more rows than allowed."""

    status = 413
    code = "file.too_many_rows"
    text = Text(
        "表格超过 {limit} 行的上限。请分成几个文件，每个不超过 {limit} 行，分别上传。",
        "The sheet has more than {limit} rows, the limit. Split it into files of at most {limit} rows each.",
    )


class TooManyColumns(SheetRefused):
    """A cell stands far to the right of any real column."""

    code = "file.too_many_columns"
    text = Text(
        "第 {row} 行的内容超出了第 {limit} 列。请删除右侧多余的列后再上传。",
        "Row {row} has content beyond column {limit}. Delete the columns on the right, then upload.",
    )
