"""A finding of a check, and the exit code of all findings together."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from news.errors import NewsError
from news.exit_codes import ExitCode


class FindingState(StrEnum):
    """FINE and NOTE end with exit code 0."""

    FINE = "fine"
    NOTE = "note"  # good to know
    BAD = "bad"  # a person has to act


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check: `text` says what was found, `remedy` what helps; `exit_code` counts when it is bad."""

    name: str
    state: FindingState
    text: str
    remedy: str | None = None
    exit_code: ExitCode = ExitCode.FINE

    @classmethod
    def fine(cls, name: str, text: str) -> "Finding":
        return cls(name, FindingState.FINE, text)

    @classmethod
    def note(cls, name: str, text: str, remedy: str | None = None) -> "Finding":
        return cls(name, FindingState.NOTE, text, remedy)

    @classmethod
    def bad(cls, name: str, text: str, remedy: str | None, exit_code: ExitCode) -> "Finding":
        return cls(name, FindingState.BAD, text, remedy, exit_code)

    @classmethod
    def of(cls, name: str, error: NewsError) -> "Finding":
        """Turn an error into a finding."""
        return cls.bad(name, str(error), error.hint, error.exit_code)


def exit_code(findings: Iterable[Finding]) -> ExitCode:
    """Return the code of the gravest finding: no database, then damage, then configuration."""
    codes = {finding.exit_code for finding in findings if finding.state is FindingState.BAD}
    gravest = (ExitCode.DATABASE, ExitCode.BOOKS_OR_DAMAGE, ExitCode.CONFIGURATION_INVALID)
    return next((code for code in gravest if code in codes), ExitCode.FINE)
