"""When a document is given up, and what its owner is told. Pure."""

from typing import Any

from common.text import Text

TOO_LONG = "recognition.too_long"
CRASHED = "recognition.crashed"
FAILED = "recognition.failed"
DAMAGED = "document.damaged"

SENTENCES = {
    TOO_LONG: Text(
        "识别超时，请上传更清晰、页数更少的文件，或手工填写。",
        "Reading took too long. Upload a clearer file with fewer pages, or fill in the values by hand.",
    ),
    CRASHED: Text(
        "文件无法识别（打开时程序异常退出），请重新拍照或另存后上传，或手工填写。",
        "The file cannot be read: opening it ends the program. Take it again or save it anew, or fill in by hand.",
    ),
    FAILED: Text(
        "识别时发生内部错误，请重新上传，或手工填写。",
        "Reading failed inside. Upload the file again, or fill in the values by hand.",
    ),
    DAMAGED: Text(
        "保存的文件已损坏或丢失，请重新上传。",
        "The stored file is damaged or lost. Upload it again.",
    ),
}
EMPTY: dict[str, Any] = {"fields": {}, "checks": []}


def problem(code: str) -> dict[str, Any]:
    """Return what stands in the document's row and in the event."""
    return {"code": code, "zh": SENTENCES[code].zh, "en": SENTENCES[code].en}


def is_hopeless(*, attempts: int, crashes: int, most_attempts: int, most_crashes: int) -> bool:
    """Whether a document has had its chances: a reading that dies again and again would never end."""
    return crashes >= most_crashes or attempts >= most_attempts
