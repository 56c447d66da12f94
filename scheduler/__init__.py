"""When and who: the timetable, the queue, the workers, and what watches them."""
