"""The versions of the rules that read pages: the date of the last change and a hash of the rules' sources.

Stored readings name the version that made them. `make ruleset` writes this file; a test compares it with the sources.
"""

READING_RULES = "2026-12-01-39f041f3"  # what a page says, and which of its blocks are text
BOILERPLATE_RULES = "boilerplate-2026-12-01-8980083a"  # joins it where an outlet's other articles had a say
