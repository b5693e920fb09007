r"""Recognises a CSV file in which a backslash stands before a quote, as MySQL and MariaDB write it.

Most programs double a quote within a text in quotes (RFC 4180); `SELECT ... INTO OUTFILE` and
phpMyAdmin may write a backslash before it, and `\N` or NULL for a cell without a value.
"""

import re

ESCAPED_QUOTE = re.compile(r'[^\\]\\(?:\\\\)*"[^";,\t|\r\n]')  # a text cannot end before a letter
DOUBLED_QUOTE = re.compile(r'[^\\";,\t|\r\n]""[^";,\t|\r\n]')
WITHOUT_VALUE = r"(?:^|(?<={delimiter}))(?:\\N|NULL)(?={delimiter}|\r?\n|\r?$)"


def has_escapes(text: str) -> bool:
    """Whether quotes within its texts have a backslash before them, and are never doubled."""
    return bool(ESCAPED_QUOTE.search(text)) and not DOUBLED_QUOTE.search(text)


def without_value(delimiter: str) -> re.Pattern[str]:
    """In a line: the cells that MySQL writes for NULL."""
    return re.compile(WITHOUT_VALUE.format(delimiter=re.escape(delimiter)))
