"""Whether this process could have heard the others: one that was deaf itself takes nobody for dead."""

from dataclasses import dataclass


@dataclass(slots=True)
class Hearing:
    """Call `heard` after each word with the database. Both clocks count, in seconds: the monotonic one stands still
    while a machine sleeps, the other may be set.
    """

    silence: float  # after which a process that gave no sign is taken for dead
    _last: tuple[float, float] | None = None
    _deaf_until: float = float("-inf")

    def heard(self, monotonic: float, wall: float) -> None:
        """The database answered."""
        if self._gap(monotonic, wall) > self.silence / 2:
            self._deaf_until = monotonic + self.silence  # the others need a moment to be heard again, too
        self._last = monotonic, wall

    def can_tell(self, monotonic: float, wall: float) -> bool:
        """Whether somebody's silence is his own. A process that has just been started believes what it finds."""
        return self._gap(monotonic, wall) <= self.silence / 2 and monotonic >= self._deaf_until

    def _gap(self, monotonic: float, wall: float) -> float:
        last = self._last or (monotonic, wall)
        return max(monotonic - last[0], wall - last[1])
