"""How the C library gives memory back: an inference asks for the same large pieces again and again.

By default each of them is mapped, zeroed page by page and unmapped; kept, they cost an eighth of the time less.
ONNX Runtime's own arena does the same, but for lines of ever other lengths it grows without bound.
"""

import ctypes
import os
from pathlib import Path

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
_LARGEST_KEPT = 32 * 1024 * 1024
_MOST_KEPT = 64 * 1024 * 1024


def keep_freed_memory() -> None:
    """Keeps freed pieces of up to 32 MiB, 64 MiB in all, for this process; without glibc nothing changes.

    In one heap: what the threads of an inference free is kept once and not by each of them. Source: mallopt(3).
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(M_ARENA_MAX, 1)
    mallopt(M_MMAP_THRESHOLD, _LARGEST_KEPT)
    mallopt(M_TRIM_THRESHOLD, _MOST_KEPT)


def give_back_freed_memory() -> None:
    """Gives what lies free between pieces in use back to the system; without glibc nothing changes.

    Before the largest picture is looked at, so that its pieces do not come on top of those left by many small ones,
    and when nothing is to do: it costs some milliseconds, and the pages must be zeroed again. Source: malloc_trim(3).
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return
    trim(0)


def resident_mb() -> int:
    """How much memory this process holds, in MB; 0 where the system does not tell. Source: proc_pid_statm(5)."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") >> 20
    except (OSError, ValueError, IndexError):
        return 0
