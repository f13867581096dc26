"""Runs as a small script in front of a program: ties it to its owner's life, drops root, then becomes it.

`python -I -S launch.py SIGNAL OWNER_PID USER PROGRAM ARGUMENTS…` (USER is "-" or "uid:gid"). A script
rather than a preexec_fn, because code between fork and exec is unsafe in a process with threads.
Imports the standard library only: `-S` keeps it at about ten milliseconds.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_CAP_AMBIENT = 1, 8, 28, 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETPCAP = 1, 2, 8
CAPABILITY_VERSION_3 = 0x20080522

LINUX = sys.platform == "linux"


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def _set_capabilities(libc: ctypes.CDLL, *capabilities: int) -> None:
    """Makes exactly these capabilities permitted, effective and inheritable."""
    mask = sum(1 << one for one in capabilities)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    _check(libc.capset(header, (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)), "capset")


def _permitted() -> int:
    # Bytes: a text codec could not be imported any more where the interpreter's folder is closed.
    with open("/proc/self/status", "rb") as status:  # noqa: PTH123 (pathlib costs 10 ms here)
        return next(int(line.split()[1], 16) for line in status if line.startswith(b"CapPrm"))


def _keep_reach(libc: ctypes.CDLL) -> None:
    """Lets the unprivileged user pass folders closed to it (a home below /root, a checkout in a 0700 folder).

    The alternative, opening those folders to everybody, would outlast us. Reading and searching is enough
    where the kernel grants it; containers usually grant the wider override only.
    """
    permitted = _permitted()
    reach = CAP_DAC_READ_SEARCH if permitted >> CAP_DAC_READ_SEARCH & 1 else CAP_DAC_OVERRIDE
    _set_capabilities(libc, reach, CAP_SETPCAP)
    # Without this bit access(2), which initdb asks about its own programs, ignores capabilities.
    _check(libc.prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0), "securebits")
    _set_capabilities(libc, reach)
    _check(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, reach, 0, 0), "ambient capability")


def _become(user: str, program: str) -> None:
    uid, gid = (int(part) for part in user.split(":"))
    libc = ctypes.CDLL(None, use_errno=True)
    if LINUX:
        _check(libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), "keep capabilities")
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if os.access(program, os.X_OK) and os.access(os.environ["PWD"], os.X_OK):
        return
    try:
        _keep_reach(libc)
    except (OSError, AttributeError) as error:
        sys.exit(
            f"PostgreSQL must not run as root, and the unprivileged user {uid} cannot reach {program} or "
            f"{os.environ['PWD']} ({error}). Run as an ordinary user, or move them where everybody may pass."
        )


def main() -> None:
    """Ties, drops and becomes; never returns."""
    death_signal, owner, user, *argv = sys.argv[1:]
    if user != "-":
        _become(user, argv[0])
    if LINUX:  # after the change of user, which clears it
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != int(owner):
            sys.exit("the owner has already gone")
    os.execv(argv[0], argv)  # noqa: S606


if __name__ == "__main__":
    main()
