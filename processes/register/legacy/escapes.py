r"""Recognises a CSV file in which a backslash stands before a quote, as MySQL and MariaDB write it.

Most programs double a quote within a text in quotes (RFC 4180); `SELECT ... INTO OUTFILE` and
phpMyAdmin may write a backslash before it, and `\N` or NULL for a cell without a value.
"""

import re

ESCAPED_QUOTE = re.compile(r'[^\\]\\(?:\\\\)*"[^";,\t|\r\n]')  # a text cannot end before a letter
DOUBLED_QUOTE = re.compile(r'[^\\";,\t|\r\n]""[^";,\t|\r\n]')
# A text in quotes, which may go on in the next line, or a word for no value that is all of a cell.
CELL = (
    r"(?:^|(?<={delimiter}))"
    r'(?:(?P<quoted>"(?:[^"{escape}]++|""{escaped})*+"?)|(?:\\N|NULL)(?={delimiter}|\r?\n|\r?$))'
)
WORDS = ("NULL", r"\N")


def has_escapes(text: str) -> bool:
    """Whether quotes within its texts have a backslash before them, and are never doubled."""
    return bool(ESCAPED_QUOTE.search(text)) and not DOUBLED_QUOTE.search(text)


def without_words(line: str, delimiter: str, *, escape: str | None, is_quoted: bool) -> str:
    """The line without the words that MySQL writes for no value; `is_quoted` where a text goes on.

    Within a text in quotes they are its own.
    """
    if not any(word in line for word in WORDS):
        return line
    backslash, escaped = (r"\\", r"|\\.?") if escape else ("", "")
    cell = re.compile(
        CELL.format(delimiter=re.escape(delimiter), escape=backslash, escaped=escaped), re.DOTALL
    )
    begin = '"' if is_quoted else ""
    return cell.sub(lambda found: found["quoted"] or "", begin + line).removeprefix(begin)
