"""Text from files, made harmless where it meets a reader: a terminal, a log, a Markdown page, a workflow command.

A reader sees the same text in every format; what doesn't print is shown as its code point.
"""

import re

_COMMAND = re.compile(r":(?=:)|#(?=#)")
_ENTITY = re.compile(r"[^A-Za-z0-9 ]|(?<= ) |^ | \Z")
_SENTENCE_WORD = re.compile(r"([(\"']*)([A-Za-z][^\W\d_]*(?:[-'][^\W\d_]+)*)([)\"'.,;:!?]*)")
_FIGURE = re.compile(r"([(]?)([-+]?\d{1,6}(?:[.,]\d{1,3})*|\d{4}-\d\d-\d\d)([),.;:]{0,3})")
_WORD = re.compile(r"([(\"']*)(.*?)([)\"'.,;:!?]*)", re.DOTALL)
_HARMFUL = re.compile(r"[^A-Za-z0-9 .,;:()'-]")
_HARMFUL_IN_FIGURE = re.compile(r"[^0-9.,;:(+-]|[.)](?!\d)")


class Safe(str):
    """Markdown that is laid out and escaped already; a template prints it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Tell a template that nothing is left to escape."""
        return self


def visible(text: str) -> str:
    r"""Text in which what doesn't print (ESC, line ends, bidirectional marks) is seen: `\x1b`, `\u202e`."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _code_point(char) for char in text)


def plain(text: str) -> str:
    r"""Text for a terminal or a log; no `::` and no `##` is left that a pipeline could take for a command."""
    text = visible(text)
    if "::" in text or "##" in text:
        text = _COMMAND.sub(lambda match: _code_point(match[0]), text)
    return text


def clip(text: str, limit: int) -> str:
    """The first characters of a text that is longer than the limit, and a sign that there is more."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def code(text: str, limit: int = 300) -> Safe:
    """An identifier for a Markdown page: no mention, link, tag or cell comes to life in it."""
    return Safe(f"<code>{_entities(visible(clip(text, limit)))}</code>")


def prose(text: str, limit: int = 600) -> Safe:
    """A sentence for a Markdown page. Words that a forge could make a mention or a link of become identifiers.

    Entities alone would not do: forges look for these words after they have read the Markdown, but not inside code.
    """
    return Safe(" ".join(_prose_word(word) for word in visible(clip(text, limit)).split()))


def glued(text: str) -> Safe:
    """A few words of a Markdown table that stay on one line."""
    return Safe(prose(text).replace(" ", "&nbsp;"))


def command_data(text: str) -> str:
    """The message of a workflow command of GitHub."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """A property (file, title) of a workflow command of GitHub."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def _prose_word(word: str) -> str:
    if len(word) == 1 and not word.isascii():
        return word  # a sign of ours or of a message (→, ✖); no Markdown is made of it
    if _SENTENCE_WORD.fullmatch(word):
        return _HARMFUL.sub(_entity, word)
    if _FIGURE.fullmatch(word):
        return _HARMFUL_IN_FIGURE.sub(_entity, word)  # "1." and "1)" would begin a list
    if len(word) == 1:
        return _entities(word)
    match = _WORD.fullmatch(word)
    before, core, after = match.groups() if match else ("", word, "")
    return f"{_entities(before)}{code(core) if core else ''}{_entities(after)}"


def _entities(text: str) -> str:
    return text if text.isalnum() and text.isascii() else _ENTITY.sub(_entity, text)


def _entity(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"


def _code_point(char: str) -> str:
    point = ord(char)
    if point < 0x100:
        return f"\\x{point:02x}"
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
