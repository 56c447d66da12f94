"""Days on which most newsrooms publish as on their weakest weekday, whatever day of the week it is."""

from datetime import date, timedelta

_FIXED = frozenset({(1, 1), (1, 6), (5, 1), (8, 15), (10, 3), (11, 1), (12, 24), (12, 25), (12, 26), (12, 31)})
_FROM_EASTER = frozenset({-3, -2, -1, 0, 1, 39, 49, 50, 60})  # Maundy Thursday to Corpus Christi


def is_holiday(day: date) -> bool:
    """True for the holidays that many countries share. Learning sees the others by what all outlets do on that day."""
    return (day.month, day.day) in _FIXED or (day - easter(day.year)).days in _FROM_EASTER


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Oudin's form of Gauss's rule, years 1583 and later)."""
    golden, century = year % 19, year // 100
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    days = moon - weekday
    month = 3 + (days + 40) // 44
    return date(year, month, 1) + timedelta(days=days + 28 - 31 * (month // 4) - 1)
