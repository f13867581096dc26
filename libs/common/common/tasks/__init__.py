"""Long work that a person asked for: a queue in the service's database, with progress, cancelling and a result file.

docs/adr says why. A service needs: `create_task_table_v1` in a migration, a table of `TaskKind`, `task_router(KINDS)`
among its routers, `Worker(…, tasks=KINDS)`, and `request_task(…)` where the work is asked for.
"""

from .errors import NotYet
from .kinds import TaskKind
from .models import Task
from .permissions import READ_TASKS
from .run import Chunk, TaskRun
from .schemas import TaskProblem, TaskRead
from .service import problems_of, request_task

__all__ = [
    "READ_TASKS",
    "Chunk",
    "NotYet",
    "Task",
    "TaskKind",
    "TaskProblem",
    "TaskRead",
    "TaskRun",
    "problems_of",
    "request_task",
]
