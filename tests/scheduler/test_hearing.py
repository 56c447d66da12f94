"""One that was deaf itself takes nobody for dead."""

from scheduler.hearing import Hearing


def steady(until: float = 100.0) -> Hearing:
    """One that had its answer every five seconds."""
    hearing = Hearing(20)
    for second in range(0, int(until) + 1, 5):
        hearing.heard(second, 1000 + second)
    return hearing


def test_one_that_has_just_been_started_believes_what_it_finds() -> None:
    assert Hearing(20).can_tell(50, 1050)


def test_one_that_heard_all_along_can_tell_who_is_silent() -> None:
    assert steady().can_tell(104, 1104)


def test_a_moment_without_an_answer_changes_nothing() -> None:
    hearing = steady()
    hearing.heard(109, 1109)
    assert hearing.can_tell(110, 1110)


def test_while_no_answer_comes_nobody_is_accused() -> None:
    assert not steady().can_tell(130, 1130)


def test_after_an_outage_the_others_have_time_to_be_heard_again() -> None:
    hearing = steady()
    hearing.heard(131, 1131)
    assert not hearing.can_tell(150, 1150)
    for second in (136, 141, 146, 151):
        hearing.heard(second, 1000 + second)
    assert hearing.can_tell(152, 1152)


def test_a_clock_set_forward_or_a_machine_that_slept_is_an_outage_too() -> None:
    hearing = steady()
    assert not hearing.can_tell(101, 4701)
    hearing.heard(102, 4702)
    assert not hearing.can_tell(120, 4720)


def test_a_clock_set_back_is_none() -> None:
    hearing = steady()
    hearing.heard(105, 5)
    assert hearing.can_tell(106, 6)
