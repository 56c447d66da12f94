"""The pace of requests to a host, by a clock that the test sets."""

from crawler.safety.guard import HostPaces


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_next_turn_comes_after_the_pause_in_any_process() -> None:
    paces = HostPaces(Clock())
    assert [paces.claim("a.example", 2), paces.claim("a.example", 2), paces.claim("a.example", 2)] == [0, 2, 4]


def test_other_hosts_do_not_wait() -> None:
    paces = HostPaces(Clock())
    paces.claim("a.example", 2)
    assert paces.claim("b.example", 2) == 0


def test_of_two_pauses_the_longer_one_holds() -> None:
    paces = HostPaces(Clock())
    paces.claim("a.example", 5)
    assert paces.claim("a.example", 1) == 5
    assert paces.claim("a.example", 5) == 10


def test_a_turn_after_the_pause_is_free() -> None:
    clock = Clock()
    paces = HostPaces(clock)
    paces.claim("a.example", 2)
    clock.now += 2
    assert paces.claim("a.example", 2) == 0


def test_a_host_that_wants_to_be_left_alone_is_until_its_time_is_over() -> None:
    clock = Clock()
    paces = HostPaces(clock)
    paces.close("a.example", 600)
    assert (paces.closed("a.example"), paces.closed("b.example")) == (True, False)
    clock.now += 600
    assert not paces.closed("a.example")


def test_hosts_whose_pause_is_over_are_forgotten_when_there_are_many() -> None:
    clock = Clock()
    paces = HostPaces(clock)
    for number in range(10_000):
        paces.claim(f"{number}.example", 0)
    paces.claim("slow.example", 60)
    clock.now += 1
    paces.claim("last.example", 0)
    assert paces.claim("slow.example", 0) == 59
    assert len(paces._last) < 10
