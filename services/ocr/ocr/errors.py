"""Refusals of the ocr service."""

from common.errors import DomainError
from common.text import Text


class DocumentTooLarge(DomainError):
    """More bytes than a document may have; nothing was stored."""

    status = 413
    code = "document.too_large"
    text = Text(
        "文件超过 {most_mb} MB，未保存。请压缩或拆分后再上传。",
        "The file is larger than {most_mb} MB and was not stored. Make it smaller or split it, then upload it again.",
    )


class DocumentEmpty(DomainError):
    """A file without a byte."""

    code = "document.empty"
    text = Text(
        "文件是空的，请重新选择文件后上传。", "The file is empty. Choose the file again and upload it."
    )


class DocumentUnsupported(DomainError):
    """The content is of none of the kinds that are taken, whatever its name says."""

    status = 415
    code = "document.unsupported"
    text = Text(
        "不支持这种文件，请上传 JPG、PNG、HEIC、WebP、BMP 或 TIFF 图片，或者 PDF、OFD 文件。",
        "Files of this kind are not taken. Upload a JPG, PNG, HEIC, WebP, BMP or TIFF picture, a PDF or an OFD.",
    )


class DocumentBroken(DomainError):
    """It begins like a picture, pdf or ofd and is none, or is cut off."""

    code = "document.broken"
    text = Text(
        "文件已损坏，无法打开，请重新拍照或重新下载后上传。",
        "The file is damaged and cannot be opened. Take the picture or download the file again, then upload it.",
    )


class PictureTooManyPixels(DomainError):
    """Small as a file, huge when it is opened."""

    code = "document.too_many_pixels"
    text = Text(
        "图片尺寸过大（最多 {most_megapixels} 百万像素），请缩小后再上传。",
        "The picture has too many pixels (at most {most_megapixels} million). Make it smaller, then upload it again.",
    )


class DocumentUnpacksTooLarge(DomainError):
    """An ofd whose parts are far larger than the file."""

    code = "document.unpacks_too_large"
    text = Text(
        "OFD 文件解压后过大（最多 {most_mb} MB），请重新下载后上传。",
        "The OFD becomes too large when it is unpacked (at most {most_mb} MB). Download it again, then upload it.",
    )


class DocumentTooManyPages(DomainError):
    """A scan of more pages than one paper has."""

    code = "document.too_many_pages"
    text = Text(
        "文件页数过多（最多 {most} 页），请拆分后只上传需要的页。",
        "The document has too many pages (at most {most}). Split it and upload only the pages that are needed.",
    )


class BodyNotRaw(DomainError):
    """The file did not come as the raw body."""

    status = 415
    code = "document.body_not_raw"
    text = Text(
        "请把文件内容直接作为请求正文发送，Content-Type 为 application/octet-stream。",
        "Send the file itself as the body, with Content-Type application/octet-stream.",
    )


class FilenameInvalid(DomainError):
    """The X-Filename header is no percent-encoded name."""

    status = 400
    code = "document.filename_invalid"
    text = Text(
        "X-Filename 应为百分号编码（UTF-8）的文件名，最多 {most} 个字符。",
        "X-Filename must be a percent-encoded (UTF-8) file name of at most {most} characters.",
    )


class DocumentErased(DomainError):
    """The content was erased for ever, at the person's wish or by law."""

    status = 410
    code = "document.erased"
    text = Text("该材料已按要求永久删除。", "This document was erased for ever on request.")


class OwnerErased(DomainError):
    """Somebody whose documents were erased hands in another one."""

    status = 409
    code = "document.owner_erased"
    text = Text(
        "该人员的材料已按要求永久删除，不能再上传，请联系工会。",
        "This person's documents were erased on request; no more can be added. Ask your union.",
    )


class DocumentDamaged(DomainError):
    """What lies in the store is not what was stored."""

    status = 500
    code = "document.damaged"
    text = Text(
        "保存的文件已损坏，请重新上传，并告诉管理员。",
        "The stored file is damaged. Upload it again, and tell your administrator.",
    )


class DocumentInfected(DomainError):
    """The malware scanner found something; nothing was stored."""

    code = "document.infected"
    text = Text(
        "文件含有恶意程序，未保存。请用其他设备重新拍照后上传，并给这台设备杀毒。",
        "The file contains malware and was not stored. Take the picture with another device, and clean this one.",
    )


class ScannerAway(DomainError):
    """The malware scanner does not answer; nothing unchecked is taken."""

    status = 503
    code = "document.scanner_away"
    text = Text(
        "文件安全检查暂时不可用，未保存，请几分钟后再上传。",
        "The safety check of files is away for the moment; nothing was stored. Upload it again in a few minutes.",
    )


class TooManyWaiting(DomainError):
    """So many of a sender's documents wait for recognition already."""

    status = 429
    code = "document.too_many_waiting"
    text = Text(
        "您还有 {waiting} 份材料正在识别（最多 {most} 份），请等识别完成后再上传。",
        "{waiting} of your documents still wait to be read (at most {most}). Upload more when they are done.",
    )


class PictureMissing(DomainError):
    """There is no picture of this page: not read yet, an ofd, or no such page."""

    status = 404
    code = "document.picture_missing"
    text = Text(
        "该页没有可显示的图片：可能尚未识别，或者是 OFD 文件，请直接打开原文件。",
        "There is no picture of this page: it was not read yet, or it is an OFD. Open the document itself.",
    )
