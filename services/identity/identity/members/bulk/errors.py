"""Refusals around bulk admission."""

from common.errors import Conflict, DomainError
from common.text import Text


class BulkNotOffered(DomainError):
    """The union admits one by one only."""

    status = 403
    code = "admission.bulk_not_offered"
    text = Text("本工会不开放批量入会，请逐一办理。", "Your union admits one by one only.")


class SheetNotRecognised(DomainError):
    """No row holds the needed headings."""

    code = "file.layout"
    text = Text(
        "没有找到表头：需要有“{columns}”列。请使用批量入会模板。",
        "The headings were not found: {columns} are needed. Use the template.",
    )


class SheetEmpty(DomainError):
    """The sheet names nobody."""

    code = "file.no_people"
    text = Text("表格中没有人员，请填写后再上传。", "The sheet names nobody. Fill it in, then upload.")


class BatchBusy(Conflict):
    """A task works on the batch."""

    code = "admission.batch_busy"
    text = Text(
        "该批次正在处理，请等待完成或先取消任务。", "The batch is being worked on. Wait, or cancel the task."
    )


class BatchNotChecked(Conflict):
    """Processing needs a check first."""

    code = "admission.batch_not_checked"
    text = Text("请先进行业务校验，再进行业务办理。", "Check the batch first, then process it.")


class BatchDone(Conflict):
    """The batch has been processed."""

    code = "admission.batch_done"
    text = Text(
        "该批次已办理完成；未成功的人员请在结果文件中修改后重新上传。",
        "The batch is done. Correct those that failed in the result file and upload it as a new one.",
    )


class SheetGone(Conflict):
    """The stored sheet was removed after its time."""

    code = "admission.sheet_gone"
    text = Text(
        "上传的表格已超过保存期限，请重新上传。", "The uploaded sheet is no longer kept. Upload it again."
    )
