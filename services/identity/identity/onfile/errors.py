"""Refusals around what is on file."""

from common.errors import Conflict, DomainError
from common.text import Text


class TooMany(DomainError):
    """One more than may be kept."""

    status = 422
    code = "onfile.too_many"
    text = Text(
        "最多保存{most}项，请先删除不用的。", "At most {most} can be kept. Delete one you no longer need."
    )


class AlreadyOnFile(Conflict):
    """The same card or person is on file already."""

    code = "onfile.already"
    text = Text("该内容已经保存过，无需重复添加。", "This is on file already.")


class DocumentFiled(Conflict):
    """The document is on file already, for this or another purpose."""

    code = "onfile.document_filed"
    text = Text(
        "该照片已在“我的证件”中，请重新拍摄或上传。", "This picture is on file already. Take another one."
    )


class PictureNeeded(DomainError):
    """Documents on file are pictures."""

    status = 422
    code = "onfile.picture_needed"
    text = Text("请上传证件照片（jpg、png）。", "Upload a picture of the document (jpg, png).")


class ConsentNeeded(DomainError):
    """Personal data is kept only with consent to the privacy statement; the caller has never given one."""

    status = 403
    code = "consent.due"
    text = Text(
        "请先阅读并同意隐私声明，再保存个人信息。",
        "Read the privacy statement and consent to it first, then save.",
    )


class ConsentDue(DomainError):
    """New personal data is kept only with consent to the privacy statement in force."""

    status = 403
    code = "consent.due"
    text = Text(
        "请先阅读并同意现行的隐私协议，再保存个人信息。",
        "Read the privacy statement in force and consent to it first, then save.",
    )
