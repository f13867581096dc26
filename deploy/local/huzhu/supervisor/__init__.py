"""The supervisor behind `make run`: starts parts and processes, restarts the crashed, leaves nothing behind."""

from huzhu.supervisor.child import Child, ChildFailed
from huzhu.supervisor.front import FrontDoor, PortTaken
from huzhu.supervisor.platform import REPLACE_SIGNAL, Platform
from huzhu.supervisor.progress import PlainProgress, Progress, RichProgress, progress_for

__all__ = [
    "REPLACE_SIGNAL",
    "Child",
    "ChildFailed",
    "FrontDoor",
    "PlainProgress",
    "Platform",
    "PortTaken",
    "Progress",
    "RichProgress",
    "progress_for",
]
