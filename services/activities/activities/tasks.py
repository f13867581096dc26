"""The long work of activities that people ask for."""

from common.tasks import TaskKind

from .statistics.export import EXPORT_KIND
from .stock.files.tasks import IMPORT_KIND

TASKS: tuple[TaskKind, ...] = (IMPORT_KIND, EXPORT_KIND)
