"""CSV that a person may open in Excel or LibreOffice: no cell is a formula, none is longer than Excel allows.

A cell that begins like a formula gets an apostrophe in front, as OWASP advises against CSV injection.
"""

from archive.export.formats.csv import Csv, CsvRows

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MOST = 32_767  # characters in a cell; Excel moves the rest into other rows
_CUT = " … [cut]"


def safe(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


class SafeRows(CsvRows):
    start = b"\xef\xbb\xbf"  # without this mark Excel takes UTF-8 for an old code page

    def cell(self, value: object) -> object:
        cell = super().cell(value)
        if not isinstance(cell, str):
            return cell
        text = safe(cell)
        return text if len(text) <= _MOST else text[: _MOST - len(_CUT)] + _CUT


class Excel(Csv):
    name = "excel"
    suffix = ".excel.csv"
    words = "CSV that is safe to open in Excel: no formulas, cells cut at 32,767 characters"
    rows = SafeRows


FORMAT = Excel()
