"""The events of a YAML text, from PyYAML's C parser, or its Python parser where the C one is absent."""

from collections.abc import Callable
from typing import Any

from yaml import YAMLError
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError

try:
    from yaml._yaml import CParser as _CParser
except ImportError:
    C_PARSER: Any = None
else:
    C_PARSER = _CParser

NextEvent = Callable[[], Any]
"""Gives the next event of a stream, None after the last; raises YAMLError where the text is not YAML."""


class PythonParser(Reader, Scanner, Parser):
    """PyYAML's Python parser, as strict as the C one where it is known to be laxer."""

    def __init__(self, content: bytes) -> None:
        Reader.__init__(self, content)
        Scanner.__init__(self)
        Parser.__init__(self)

    def fetch_more_tokens(self) -> Any:
        """Read on; numbers that Python cannot hold are errors of the text, not of the program."""
        try:
            return super().fetch_more_tokens()
        except (ValueError, OverflowError):
            raise ScannerError(None, None, "found a number out of range", self.get_mark()) from None

    def scan_directive(self) -> Any:
        """Read a directive; one of an unknown name is an error."""
        token = super().scan_directive()
        if token.name not in ("YAML", "TAG"):
            mark = token.start_mark
            raise ScannerError("while scanning a directive", mark, "found unknown directive name", mark)
        return token


def open_events(content: bytes) -> NextEvent:
    """The events of UTF-8 bytes, one a call. Which parser gives them is chosen here and nowhere else."""
    parser = PythonParser if C_PARSER is None else C_PARSER
    next_event: NextEvent = parser(content).get_event
    return next_event


__all__ = ["NextEvent", "PythonParser", "YAMLError", "open_events"]
