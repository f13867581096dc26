"""What a page leaves behind goes back to the system when it is asked for, and is kept until then."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

import ocr.recognition.memory as memory

# 200 pieces of 1 MiB, of which the last one stays: all the others lie free below it.
SCRIPT = """
import ctypes, importlib.util, os, sys
spec = importlib.util.spec_from_file_location("memory", sys.argv[1])
memory = importlib.util.module_from_spec(spec)
spec.loader.exec_module(memory)
memory.keep_freed_memory()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20
pieces = [libc.malloc(1 << 20) for _ in range(200)]
for piece in pieces:
    ctypes.memset(piece, 1, 1 << 20)
for piece in pieces[:-1]:
    libc.free(piece)
kept = resident()
memory.give_back_freed_memory()
print(kept, resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library has no malloc_trim")
def test_freed_memory_is_kept_and_given_back() -> None:
    command = [sys.executable, "-I", "-c", SCRIPT, str(Path(memory.__file__))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    kept, left = (int(part) for part in done.stdout.split())
    assert kept > 190, "small pieces stay for the next page"
    assert left < kept - 150, (kept, left)
