"""One module per format of exports; `archive.export.format` finds each by its presence here."""
