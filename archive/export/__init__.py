"""Exports: a search, or the whole archive, as files that others can cite and make again to the byte.

A `Request` says what is asked for, a `Dataset` selects the rows as of a time, a format (a module of
`archive.export.formats`) writes them, and `archive.export.folder` puts documentation beside them.
"""
