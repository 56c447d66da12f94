"""The exit codes of the command line and of the processes of the daemon."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit codes of commands, with one meaning each; README.md lists them.

    Only `newskeep health daemon`, `worker` and `here` end with 1 when a process is not alive: containers expect it.
    """

    FINE = 0
    OUR_BUG = 1
    USAGE = 2
    SOME_PAGES_FAILED = 3
    CONFIGURATION_INVALID = 4  # or something else that a person has to put right: health, doctor
    NOTHING_FETCHED = 5
    DATABASE = 6  # or the output cannot be written: a full disk
    ALREADY_RUNNING = 7
    BOOKS_OR_DAMAGE = 8
    HUNG = 70  # EX_SOFTWARE of sysexits.h
    INTERRUPTED = 130
    TERMINATED = 143


class ChildExit(IntEnum):
    """The exit codes of a worker that only its supervisor reads."""

    ENDED = 0
    BROKE = 1
    TAKEN_FOR_DEAD = 75
    CUT_SHORT = 76  # stopped by a signal, it did not hand back its work in time
