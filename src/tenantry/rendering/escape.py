"""Text from files, made harmless where it meets a reader: a terminal, a log, a workflow command (Markdown: flavors).

A reader sees the same text in every format; what doesn't print is shown as its code point.
"""

import re

COMMAND = re.compile(r":(?=:)|#(?=#)")
"""The first half of what pipelines take for the beginning of a command."""
_BLANK = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
"""Letters and signs that Unicode calls printable although nothing is drawn: two names could look alike by them."""


class Safe(str):
    """Markdown that is laid out and escaped already; a template prints it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Tell a template that nothing is left to escape."""
        return self


def visible(text: str) -> str:
    r"""Text in which what doesn't print (ESC, line ends, bidirectional marks) is seen: `\x1b`, `\u202e`."""
    if not text.isprintable():
        text = "".join(char if char.isprintable() else _code_point(char) for char in text)
    return text if text.isascii() else _BLANK.sub(lambda match: _code_point(match[0]), text)


def plain(text: str) -> str:
    r"""Text for a terminal or a log; no `::` and no `##` is left that a pipeline could take for a command."""
    text = visible(text)
    if "::" in text or "##" in text:
        text = COMMAND.sub(lambda match: _code_point(match[0]), text)
    return text


def clip(text: str, limit: int) -> str:
    """The first characters of a text that is longer than the limit, and a sign that there is more."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def command_data(text: str) -> str:
    """The message of a workflow command of GitHub."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """A property (file, title) of a workflow command of GitHub."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def _code_point(char: str) -> str:
    point = ord(char)
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
