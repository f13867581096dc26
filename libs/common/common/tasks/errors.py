"""What a person can be told about a task, and what ends a run from outside."""

from typing import Any

from ..errors import Conflict, DomainError
from ..text import Text


class TooManyTasks(DomainError):
    """One person has many tasks waiting already."""

    status = 429
    code = "task.too_many"
    text = Text(
        "您已有 {most} 个任务在处理，请等其中一个完成或取消后再提交。",
        "You have {most} tasks in progress. Wait for one to end, or cancel one.",
    )
    headers = {"Retry-After": "30"}


class TaskEnded(Conflict):
    """A task that has ended cannot be cancelled."""

    code = "task.ended"
    text = Text("任务已结束，无需取消。", "The task has ended already; there is nothing to cancel.")


class TaskNotDone(Conflict):
    """The result is asked for before there is one."""

    code = "task.not_done"
    text = Text("任务尚未完成，请稍后再下载。", "The task is not done yet. Try again when it is.")


class TaskWithoutResult(DomainError):
    """The task makes no file."""

    status = 404
    code = "task.no_result"
    text = Text("该任务没有结果文件。", "This task makes no file.")


class TaskResultExpired(DomainError):
    """The file was kept for its time and removed."""

    status = 410
    code = "task.result_expired"
    text = Text(
        "结果文件已过保存期并删除，请重新提交任务。",
        "The file was removed after its time. Ask for it again.",
    )


UNEXPECTED = Text(
    "处理时发生内部错误，已停止；已处理的部分保持有效。请重试，仍不成功请把任务编号告诉管理员。",
    "Something failed inside and the work has stopped; what was done stays. Try again, or tell the "
    "administrator the task's number.",
)
STOPPED = Text(
    "处理已被取消；已处理的部分保持有效。如仍需要，请重新提交。",
    "The work was cancelled; what was done stays. Ask for it again if you still need it.",
)
INTERRUPTED = Text(
    "处理多次意外中断，已停止；已处理的部分保持有效。请减少数据量后重试，或把任务编号告诉管理员。",
    "The work was interrupted again and again and has stopped; what was done stays. Try with less data, or tell "
    "the administrator the task's number.",
)


def problem_of(code: str, text: Text, **more: Any) -> dict[str, Any]:
    """Return a problem as it stands in the task's row."""
    return {"code": code, "zh": text.zh, "en": text.en, **more}


class RunEnded(Exception):
    """Base of what ends a run from outside; runners let it pass."""


class LeaseLost(RunEnded):
    """Another worker has the task now; nothing of this run may be written any more."""


class TaskCancelled(RunEnded):
    """The person who asked for it has cancelled it."""


class NotYet(RunEnded):
    """What the work waits for is not there: it is begun again in so many seconds, and nobody is to blame."""

    def __init__(self, *, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class TurnOver(RunEnded):
    """Other tenants wait: the task goes on later from its cursor."""
