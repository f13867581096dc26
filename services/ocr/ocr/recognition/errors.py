"""The refusals of recognition: a document that cannot be read, with a stable code and a sentence in two languages."""

MEBI = 1024 * 1024
"""What limits are named in."""
_SENTENCES: dict[str, tuple[str, str]] = {
    "document.empty": (
        "文件是空的，请重新选择文件后上传。",
        "The file is empty; choose the file again and upload it.",
    ),
    "document.unsupported": (
        "这不是可以识别的文件，请上传 JPG、PNG、HEIC、WebP、BMP 或 TIFF 图片，或者 PDF、OFD 文件。",
        "The file is of no kind that can be read; upload a JPG, PNG, HEIC, WebP, BMP or TIFF picture, a PDF or an OFD.",
    ),
    "document.too_large": (
        "文件过大（最多 {limit} MB），请压缩后再上传。",
        "The file is larger than allowed (at most {limit} MB); make it smaller and upload it again.",
    ),
    "document.unpacks_too_large": (
        "文件解压后过大（最多 {limit} MB），请重新下载后上传。",
        "The file becomes too large when it is unpacked (at most {limit} MB); download it again.",
    ),
    "picture.broken": (
        "图片已损坏，无法打开，请重新拍照后上传。",
        "The picture is damaged and cannot be opened; take it again and upload it.",
    ),
    "picture.too_many_pixels": (
        "图片尺寸过大（最多 {limit} 百万像素），请缩小后再上传。",
        "The picture has too many pixels (at most {limit} million); make it smaller and upload it again.",
    ),
    "picture.too_small": (
        "图片太小，看不清文字，请重新拍照或上传原图。",
        "The picture is too small to be read; take it again, or upload the original.",
    ),
    "pdf.broken": (
        "PDF 文件已损坏，无法打开，请重新下载或导出后上传。",
        "The PDF is damaged and cannot be opened; download or export it again.",
    ),
    "pdf.encrypted": (
        "PDF 文件有密码，请上传没有密码的文件。",
        "The PDF is protected by a password; upload one without a password.",
    ),
    "ofd.broken": (
        "OFD 文件已损坏，无法打开，请重新下载后上传。",
        "The OFD is damaged and cannot be opened; download it again.",
    ),
    "document.too_many_pages": (
        "文件页数过多（最多 {limit} 页），请拆分后只上传需要的页。",
        "The document has too many pages (at most {limit}); upload only the pages that are needed.",
    ),
}


class UnreadableDocument(Exception):
    """The bytes are no document that can be read; `code` is stable, `zh` and `en` say what to do and name the limit."""

    def __init__(self, code: str, detail: str = "", limit: int = 0) -> None:
        self.code = code
        self.detail = detail
        self.limit = limit
        self.zh, self.en = (sentence.format(limit=limit) for sentence in _SENTENCES[code])
        super().__init__(f"{code}: {self.en}" + (f" ({detail})" if detail else ""))

    def __reduce__(self) -> tuple[type["UnreadableDocument"], tuple[str, str, int]]:
        """Crosses the border of a process pool unharmed."""
        return type(self), (self.code, self.detail, self.limit)
