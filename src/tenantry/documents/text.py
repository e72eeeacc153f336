"""From bytes to text that can be trusted: UTF-8, of bearable size, without characters that hide or command."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from tenantry.documents.problems import problem
from tenantry.model.plan import Finding

MAX_BYTES = 64 * 1024 * 1024
MAX_PROBLEMS = 5000
"""Problems of one file that are collected; a reader needs no more, and memory is bounded."""

BYTE_ORDER_MARK = "\ufeff"
BIDIRECTIONAL = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
FORBIDDEN = re.compile(f"[{_CONTROL}{BIDIRECTIONAL}]")
"""What may not stand in a file."""
FORBIDDEN_IN_VALUE = re.compile(f"[\r{_CONTROL}{BIDIRECTIONAL}]")
"""What no escape may make; a carriage return can be no more than half of a line's end."""
_BIDIRECTIONAL = re.compile(f"[{BIDIRECTIONAL}]")
_CONTROL_BYTES = bytes({*range(0x20), 0x7F} - set(b"\t\n\r"))
_LEADING_BYTES = (b"\xc2", b"\xd8", b"\xe2", b"\xef")
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_LINE_END = re.compile("\r\n|\n|\r")

Place = tuple[int, int]
"""Line and column, both counted from 1."""


class Lines:
    """The places of a text: from an index to its line and column, both counted from 1.

    Counted are only the few characters from the last milestone on, and there is one every 4096 characters, so that
    neither a text of a million lines nor one of a single line costs much.
    """

    __slots__ = ("_milestones", "_text", "_with_returns")

    _STEP = 4096

    def __init__(self, text: str) -> None:
        self._text = text
        self._with_returns = "\r" in text
        self._milestones = [(0, 1, 0)]  # index, its line, where that line begins

    def at(self, index: int) -> Place:
        """Line and column of the character at an index."""
        for number in range(len(self._milestones), index // self._STEP + 1):
            self._milestones.append(self._from(self._milestones[-1], number * self._STEP))
        index, line, begin = self._from(self._milestones[index // self._STEP], index)
        return line, index - begin + 1

    def begin(self, line: int) -> int:
        """The index at which a line begins."""
        self.at(len(self._text))
        after = bisect_right(self._milestones, line, key=lambda milestone: milestone[1])
        index, passed, begin = self._milestones[after - 1]
        ends = _LINE_END.finditer(self._text, index)
        for _ in range(line - passed):
            begin = next(ends).end()
        return begin

    def _from(self, milestone: tuple[int, int, int], index: int) -> tuple[int, int, int]:
        passed, line, begin = milestone
        text = self._text
        if self._with_returns and text[index - 1 : index + 1] == "\r\n":
            index -= 1  # the two are one end of a line
        line += text.count("\n", passed, index)
        last = text.rfind("\n", passed, index)
        if self._with_returns:
            line += text.count("\r", passed, index) - text.count("\r\n", passed, index)
            last = max(last, text.rfind("\r", passed, index))
        return index, line, begin if last < 0 else last + 1


def decode(file: str, content: bytes, *, limit: int = MAX_BYTES) -> tuple[str | None, list[Finding]]:
    """The text of a file, without a byte order mark at its start.

    None where it is too large, elsewhere or not UTF-8, or forbidden characters abound. They are told and stand as
    U+FFFD in the text, so that nothing that reads on meets them and every place stays what it was.
    """
    if len(content) > limit:
        message = f"The file has {len(content)} bytes, more than the {limit} that are read."
        return None, [problem("file-too-large", message, file=file)]
    if content.startswith(_LFS_POINTER):
        return None, [problem("lfs-pointer", "The file is a pointer of Git LFS and not the file itself.", file=file)]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [_not_utf8(file, content, error.start)]
    text = text.removeprefix(BYTE_ORDER_MARK)
    if not _may_hold_forbidden(content):
        return text, []
    problems = list(_forbidden(file, text))
    if len(problems) == MAX_PROBLEMS:
        return None, problems
    return (FORBIDDEN.sub("\ufffd", text) if problems else text), problems


def forbidden_rule(character: str) -> str:
    """The rule that a forbidden character breaks."""
    if character == BYTE_ORDER_MARK:
        return "byte-order-mark"
    return "bidirectional-character" if _BIDIRECTIONAL.match(character) else "control-character"


def cleaned(text: str) -> str:
    """A value without the forbidden characters that escapes made."""
    return FORBIDDEN_IN_VALUE.sub("\ufffd", text)


def shown(text: str) -> str:
    """Text of a file as a message may quote it: on one line, printable, not too long."""
    cut = text if len(text) <= 80 else text[:77] + "..."
    return "".join(character if character.isprintable() else _escape(character) for character in cut)


def named(path: str) -> str:
    r"""A path as text that can be written: bytes of a name that aren't UTF-8 stand as `\udcff`, and fit no tenant."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _may_hold_forbidden(content: bytes) -> bool:
    """Whether a closer look is needed: a control byte, or a byte that opens a forbidden character of several bytes."""
    if len(content.translate(None, _CONTROL_BYTES)) != len(content):
        return True
    return not content.isascii() and any(byte in content for byte in _LEADING_BYTES)


def _forbidden(file: str, text: str) -> Iterator[Finding]:
    lines = None
    for count, match in enumerate(FORBIDDEN.finditer(text)):
        if count == MAX_PROBLEMS:
            break
        lines = lines or Lines(text)
        line, column = lines.at(match.start())
        rule = forbidden_rule(match.group())
        message = f"The file holds the character U+{ord(match.group()):04X}, which must not stand in it."
        yield problem(rule, message, file=file, line=line, column=column)


def _not_utf8(file: str, content: bytes, offset: int) -> Finding:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return problem("not-utf8", "The file is UTF-16, not UTF-8.", file=file)
    before = content[:offset].decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    line, column = Lines(before).at(len(before))
    message = f"The byte 0x{content[offset]:02X} at offset {offset} is not UTF-8."
    return problem("not-utf8", message, file=file, line=line, column=column)
