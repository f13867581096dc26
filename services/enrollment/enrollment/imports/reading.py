"""Roster files as responses show them."""

from math import ceil

from common.clock import now
from common.crypto import TenantKeys
from common.identifiers import mask_id_number, mask_name
from common.text import Text

from ..people.reading import read_reason
from ..people.sealing import open_person
from .errors import CheckInterrupted
from .models import RosterImport, StagedRow
from .schemas import RosterImportRead, StagedRead

IMPORT_TEXTS = {
    "queued": Text("排队等待校验", "waiting to be checked"),
    "checking": Text("校验中", "being checked"),
    "staged": Text("待第二人接收", "waiting for a second person"),
    "done": Text("已完成", "done"),
    "refused": Text("文件不能使用", "refused"),
    "cancelled": Text("已取消", "cancelled"),
}
EMPTIED = Text("人员已全部删除", "everybody was deleted")
REFUSED = Text("文件不能使用，请核对后重新上传。", "The file cannot be used. Check it, then upload again.")
REFUSALS = {
    "file.too_many_rows": Text(
        "花名册行数超过上限，请分成几个文件上传。",
        "The roster has too many rows: split it into several files.",
    ),
    "roster.layout_not_recognised": Text(
        "没有认出花名册的表头，请下载模板填写后再上传。",
        "The heading was not recognised. Download the template, fill it in, then upload.",
    ),
    "roster.empty": Text(
        "花名册中没有人员，请填写后再上传。", "There are no people in the roster: fill it in, then upload."
    ),
    "file.not_xlsx": Text(
        "文件不是 Excel 工作簿（.xlsx），请在 Excel 或 WPS 中另存为“Excel 工作簿（*.xlsx）”后再上传。",
        "The file is no Excel workbook (.xlsx). Save it as “Excel workbook (*.xlsx)”, then upload.",
    ),
    "file.damaged": Text(
        "文件已损坏，请重新保存后上传。", "The file is damaged: save it again, then upload."
    ),
    "order.wrong_state": Text(
        "参保申请已提交，未保存花名册。", "The order was submitted meanwhile; nothing was stored."
    ),
    "roster.check_interrupted": CheckInterrupted.text,
}


def read_import(row: RosterImport) -> RosterImportRead:
    """Return an import as responses show it."""
    return RosterImportRead(
        id=row.id,
        state=row.state,
        state_text=(EMPTIED if row.emptied_at else IMPORT_TEXTS[row.state]).in_language(),
        rows_done=row.rows_done,
        total=row.total,
        insurable=row.insurable,
        not_insurable=row.not_insurable,
        problem=row.problem,
        problem_text=problem_text(row.problem),
        seconds_left=seconds_left(row),
        accepted=row.accepted,
        rejected=row.rejected,
        rows_failed=row.rows_failed,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def seconds_left(row: RosterImport) -> int | None:
    """Return how many seconds a running check will still take at its pace so far, or None."""
    if row.state != "checking" or not row.rows_done:
        return None
    passed = (now() - row.started_at).total_seconds()
    return max(0, ceil(passed * (row.total - row.rows_done) / row.rows_done))


def problem_text(code: str | None) -> str | None:
    """Return the sentence of a refusal, without the figures of the file it was about."""
    if code is None:
        return None
    return REFUSALS.get(code, REFUSED).in_language()


def read_staged(row: StagedRow, keys: TenantKeys) -> StagedRead:
    """Return a row that waits for a second person, masked."""
    values = open_person(keys, document=row.document_token, name=row.name_token)
    return StagedRead(
        id=row.id,
        row=row.sheet_row,
        name=mask_name(values.name),
        document_number=mask_id_number(values.document),
        shares=row.shares,
        insurable=row.insurable,
        reasons=[read_reason(stored) for stored in row.reasons],
        decision=row.decision,
    )
