"""When and who: for now the timetable in words; the daemon and its workers join it."""
