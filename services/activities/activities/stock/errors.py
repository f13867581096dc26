"""What the stock refuses."""

from common.errors import DomainError
from common.text import Text


class CodesNotPlainText(DomainError):
    """Codes come as lines of text."""

    status = 415
    code = "codes.not_plain_text"
    text = Text(
        "请以纯文本（text/plain，UTF-8 编码）导入电子码，每行一个。",
        "Send the codes as plain text (text/plain in UTF-8), one on each line.",
    )


class CodesTooLarge(DomainError):
    """More than one import takes."""

    status = 413
    code = "codes.too_large"
    text = Text(
        "一次最多导入 {most_lines} 行、{most_megabytes} MB，请分批导入。",
        "One import takes at most {most_lines} lines and {most_megabytes} MB. Import in parts.",
    )


class CodesInvalid(DomainError):
    """Some lines are no codes; nothing was imported."""

    code = "codes.invalid"
    text = Text(
        "有 {lines} 行不是有效的电子码，全部未导入，请改正后重新导入。",
        "{lines} lines are no codes; nothing was imported. Correct them and import again.",
    )


class CodesMissing(DomainError):
    """An empty file."""

    code = "codes.missing"
    text = Text("文件中没有电子码，请每行写一个。", "There is no code in it. Write one on each line.")


class CodesFileUnreadable(DomainError):
    """Neither a workbook nor a table of text."""

    code = "codes.file_unreadable"
    text = Text(
        "文件无法读取，请上传 Excel 工作簿（.xlsx）或 CSV 文件（UTF-8 或 GB18030 编码）。",
        "The file cannot be read. Upload an Excel workbook (.xlsx) or a CSV file in UTF-8 or GB 18030.",
    )
