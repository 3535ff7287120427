"""The last step between the supervisor and a server: drop privileges, tie the life to the parent's, then exec.

Run as ``python -I -S tether.py PARENT_PID SIGNAL USER COMMAND...`` (USER ``-`` keeps the present one). It stands
between the two because code in a forked, multi-threaded Python is not safe; a fresh interpreter costs 25 ms.
Invariant: when the parent dies in whatever way, the command gets SIGNAL (Linux; elsewhere nothing is tied).
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def _drop_privileges(user: str) -> None:
    import pwd

    entry = pwd.getpwnam(user)
    os.setgroups([entry.pw_gid])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _tie_to_parent(parent: int, signum: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signum, 0, 0, 0)
    if os.getppid() != parent:
        # the parent died before the tie was made, so no signal will ever come
        raise SystemExit(1)


def main() -> None:
    """Become the command named on the command line; does not return."""
    parent, signum, user, *command = sys.argv[1:]
    if user != "-":
        # before the tie: a change of credentials clears it
        _drop_privileges(user)
    _tie_to_parent(int(parent), int(signum))
    os.execv(command[0], command)  # noqa: S606 - the command is the supervisor's own


if __name__ == "__main__":
    main()
