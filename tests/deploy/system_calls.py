"""Runs a program that some system calls end, as a systemd unit does with `SystemCallFilter`.

python -m tests.deploy.system_calls NUMBER,NUMBER COMMAND...
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from typing import Final

RESOURCES_X86_64: Final = {
    "ioprio_set": 251,
    "mbind": 237,
    "migrate_pages": 256,
    "move_pages": 279,
    "sched_setaffinity": 203,
    "sched_setattr": 314,
    "sched_setparam": 142,
    "sched_setscheduler": 144,
    "set_mempolicy": 238,
    "setpriority": 141,
    "setrlimit": 160,
}
"""What systemd calls ``@resources``, without what this architecture or old kernels do not have."""

NO_FILTER: Final = 77
"""The exit code where the kernel takes no filter."""

_NO_NEW_PRIVS: Final = 38
_SET_SECCOMP: Final = 22
_FILTER: Final = 2
_LOAD_WORD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF0000
_KILL_PROCESS: Final = 0x80000000


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("if_true", ctypes.c_ubyte),
        ("if_false", ctypes.c_ubyte),
        ("value", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


def forbid(numbers: Sequence[int]) -> None:
    """Let the kernel kill this process, and what it becomes, at each of these calls.

    Raises
    ------
    OSError
        The kernel takes no filter.
    """
    last = len(numbers)
    instructions = [
        _Instruction(_LOAD_WORD, 0, 0, 0),
        *(
            _Instruction(_JUMP_IF_EQUAL, last - place, 0, number)
            for place, number in enumerate(numbers)
        ),
        _Instruction(_RETURN, 0, 0, _ALLOW),
        _Instruction(_RETURN, 0, 0, _KILL_PROCESS),
    ]
    array = (_Instruction * len(instructions))(*instructions)
    program = _Program(len(instructions), array)
    libc = ctypes.CDLL(None, use_errno=True)
    for call in (
        (_NO_NEW_PRIVS, 1, 0, 0, 0),
        (_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0),
    ):
        if libc.prctl(*call) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    try:
        forbid([int(each) for each in sys.argv[1].split(",") if each])
    except OSError as error:
        print(f"this kernel takes no filter of system calls: {error}", file=sys.stderr)
        sys.exit(NO_FILTER)
    os.execvp(sys.argv[2], sys.argv[2:])
