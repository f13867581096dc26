"""Long work of enrollment that people ask for."""

from common.tasks import TaskKind
from common.text import Text

from . import auth
from .records.export import export_records

RECORDS_EXPORT = TaskKind(
    "records.export", Text("导出参保记录", "Export of enrolment records"), auth.EXPORT, export_records
)
KINDS = (RECORDS_EXPORT,)
