"""The supervisor behind `make run`: starts parts and processes, restarts the crashed, leaves nothing behind."""

from huzhu.supervisor.child import Child, ChildFailed
from huzhu.supervisor.front import FrontDoor, PortTaken
from huzhu.supervisor.platform import Platform
from huzhu.supervisor.progress import PlainProgress, Progress, RichProgress, progress_for
from huzhu.supervisor.replacing import ask_to_replace

__all__ = [
    "Child",
    "ChildFailed",
    "FrontDoor",
    "PlainProgress",
    "Platform",
    "PortTaken",
    "Progress",
    "RichProgress",
    "ask_to_replace",
    "progress_for",
]
