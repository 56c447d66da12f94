"""Outlet rows: an outlet keeps its articles when it gets a name."""

import pytest
from sqlalchemy import Engine, select

from archive.models import outlets
from archive.outlets import ensure_outlet

HOST, HOME = "krone.example:8080", "https://www.krone.example:8080"


def names(engine: Engine) -> set[str]:
    with engine.connect() as conn:
        return set(conn.execute(select(outlets.c.name)).scalars())


def test_a_site_crawled_by_its_address_takes_the_name_it_is_given(engine: Engine) -> None:
    with engine.begin() as conn:
        before = ensure_outlet(conn, HOST, f"{HOME}/")
        named = ensure_outlet(conn, "krone", HOME)
        again = ensure_outlet(conn, "krone", HOME)
    assert before == named == again
    assert names(engine) == {"krone"}


@pytest.mark.parametrize("other", [f"{HOME}/sport/", "https://kurier.example/"])
def test_another_site_and_a_part_of_the_site_stay_by_themselves(engine: Engine, other: str) -> None:
    with engine.begin() as conn:
        assert ensure_outlet(conn, HOST, f"{HOME}/") != ensure_outlet(conn, "other", other)
    assert names(engine) == {HOST, "other"}


def test_a_name_that_is_taken_already_is_not_given_twice(engine: Engine) -> None:
    with engine.begin() as conn:
        named = ensure_outlet(conn, "krone", "https://krone.example/old")
        ensure_outlet(conn, HOST, f"{HOME}/")
        assert ensure_outlet(conn, "krone", HOME) == named
    assert names(engine) == {HOST, "krone"}
