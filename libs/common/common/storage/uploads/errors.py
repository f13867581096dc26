"""Refusals of an upload, with the statuses that tus 1.0 gives them."""

from ...errors import DomainError
from ...text import Text


class UploadExpired(DomainError):
    """The upload was ended by its sender or by time; what was received is being removed."""

    status = 410
    code = "upload.expired"
    text = Text("此次上传已过期，请重新选择文件上传。", "This upload has expired. Choose the file again.")


class UploadOffsetConflict(DomainError):
    """The bytes do not begin where the received ones end: another request was faster, or was lost."""

    status = 409
    code = "upload.offset_conflict"
    text = Text("上传位置不一致，将从第 {offset} 字节继续。", "Continue at byte {offset}.")

    def __init__(self, *, offset: int) -> None:
        super().__init__(offset=offset)
        # tus clients read the offset from the header; the class attribute is shared, so this one is its own.
        self.__dict__["headers"] = {"Upload-Offset": str(offset)}


def in_megabytes(max_bytes: int) -> str:
    """Return a limit in the megabytes that it was written in: of 2**20 bytes where it is a whole number of them."""
    return f"{max_bytes / (1024 * 1024 if max_bytes % (1024 * 1024) == 0 else 1_000_000):.3g}"


class UploadTooLarge(DomainError):
    """The file is larger than its purpose allows."""

    status = 413
    code = "upload.too_large"
    text = Text(
        "文件超过 {most_mb} MB，未保存。请压缩或拆分后再上传。",
        "The file is larger than {most_mb} MB and was not stored. Make it smaller or split it, then upload it again.",
    )

    def __init__(self, *, max_bytes: int) -> None:
        super().__init__(most_mb=in_megabytes(max_bytes))


class UploadLongerThanAnnounced(UploadTooLarge):
    """More bytes came than were announced."""

    text = Text(
        "收到的数据多于申报的大小，请重新选择文件上传。",
        "More was sent than was announced. Choose the file again.",
    )

    def __init__(self) -> None:
        DomainError.__init__(self)


class UploadChecksumMismatch(DomainError):
    """The bytes of this request were damaged on their way; nothing of them was kept."""

    status = 460
    code = "upload.checksum_mismatch"
    text = Text("数据在传输中损坏，请重试。", "The data was damaged on its way. Send it again.")


class UploadDamaged(DomainError):
    """The whole file is not the one whose SHA-256 was announced."""

    status = 422
    code = "upload.damaged"
    text = Text("文件与校验值不符，请重新上传。", "The file does not match its checksum. Upload it again.")


class UploadHeaderInvalid(DomainError):
    """A header of the tus protocol is missing or cannot be read."""

    status = 400
    code = "upload.header_invalid"
    text = Text("上传请求头 {header} 缺失或不正确。", "The header {header} is missing or not valid.")


class UploadVersionUnsupported(DomainError):
    """Another version of the tus protocol, or none."""

    status = 412
    code = "upload.version_unsupported"
    text = Text("请使用 tus 1.0.0 协议上传。", "Upload with the tus protocol 1.0.0.")
    headers = {"Tus-Version": "1.0.0"}


class UploadMediaType(DomainError):
    """The body is not raw bytes of a file."""

    status = 415
    code = "upload.media_type"
    text = Text("上传内容类型应为 application/offset+octet-stream。", "Send application/offset+octet-stream.")


class UploadPurposeUnknown(DomainError):
    """The purpose is not one that this service takes files for, or not with this type of file."""

    status = 422
    code = "upload.purpose_unknown"
    text = Text("不能为此用途上传这种文件。", "Files of this type are not taken for this purpose.")


class TooManyUploads(DomainError):
    """The caller has too many unfinished uploads."""

    status = 429
    code = "upload.too_many"
    text = Text(
        "未完成的上传过多，请先完成或取消。", "Too many unfinished uploads. Finish or cancel some first."
    )


class UploadIncomplete(DomainError):
    """The file is not here as a whole yet."""

    status = 409
    code = "upload.incomplete"
    text = Text(
        "文件尚未上传完成，请等待上传结束。", "The file is still being uploaded. Wait until it is complete."
    )


class UploadStalled(DomainError):
    """The sender stopped sending; what came is kept."""

    status = 408
    code = "upload.stalled"
    text = Text("上传中断，可以继续上传。", "The upload stopped. It can be continued.")
