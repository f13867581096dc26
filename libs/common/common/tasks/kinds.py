"""The kinds of tasks that a service runs: one table of them, given to its router and to its worker."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..auth.permissions import Permission
from ..text import Text

if TYPE_CHECKING:
    from .run import TaskRun


@dataclass(frozen=True)
class TaskKind:
    """One kind of long work.

    `name` is "<thing>.<what is done>", e.g. "policies.export"; `title` is what people read. Who asks needs
    `permission`, and needs it again to download the file. `run` does the work; see `TaskRun`.
    """

    name: str
    title: Text
    permission: Permission
    run: Callable[["TaskRun"], Awaitable[None]]
