"""Long work of enrollment that people ask for."""

from common.tasks import TaskKind
from common.text import Text

from . import auth
from .forms.rosters import print_roster
from .matters.service import SNAPSHOT
from .orders.handing_in import submit_in_background
from .people.export import export_in_background
from .records.export import export_records

RECORDS_EXPORT = TaskKind(
    "records.export", Text("导出参保记录", "Export of enrolment records"), auth.EXPORT, export_records
)
PEOPLE_EXPORT = TaskKind(
    "people.export", Text("导出参保人员", "Export of an order's people"), auth.EXPORT, export_in_background
)
ROSTER_PRINT = TaskKind(
    "roster.print", Text("打印参保花名册", "Printing of a roster"), auth.ORDER_READ, print_roster
)
SUBMISSION = TaskKind(
    "orders.submit", Text("提交参保申请", "Submission of an order"), auth.ORDER_WRITE, submit_in_background
)
KINDS = (RECORDS_EXPORT, PEOPLE_EXPORT, ROSTER_PRINT, SUBMISSION, SNAPSHOT)
