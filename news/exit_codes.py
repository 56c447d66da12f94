"""The exit codes of the command line."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command ends with, one meaning each."""

    FINE = 0
    OUR_BUG = 1
    USAGE = 2
    SOME_PAGES_FAILED = 3
    CONFIGURATION_INVALID = 4
    NOTHING_FETCHED = 5
    DATABASE = 6
    ALREADY_RUNNING = 7
    BOOKS_OR_DAMAGE = 8
    INTERRUPTED = 130
