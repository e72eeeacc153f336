"""The words on a no: a document is read slowly and strictly, and everything that is refused is told with its place."""

from array import array
from typing import TYPE_CHECKING, Any, Final, NoReturn

from yaml import YAMLError
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from tenantry.documents.building import MAX_LEVELS, MAX_NODES
from tenantry.documents.events import open_events
from tenantry.documents.problems import problem
from tenantry.documents.scalars import Fault, meaning
from tenantry.documents.text import FORBIDDEN_IN_VALUE, MAX_PROBLEMS, Lines, cleaned, forbidden_rule, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenantry.documents.searching import Spot
    from tenantry.model.plan import Finding

_STANDARD_TAG = "tag:yaml.org,2002:"


class _Absent:
    """What a refused value leaves behind where it can be left out."""


ABSENT: Final = _Absent()


class _End(Exception):  # noqa: N818 - the reading ends; its problem is collected already
    """Nothing more can be said about the document."""


class StrictReader:
    """One reading of one document. Keys that are refused and values that are null are left out of the data."""

    def __init__(self, file: str, text: str) -> None:
        self.problems: list[Finding] = []
        self.lines: dict[str, Sequence[int]] = {}
        self.top: dict[str, Spot] = {}
        self._file = file
        self._text = text
        self._places = Lines(text)
        self._next_event = open_events(text.encode("utf-8"))
        self._index = 0
        self._nodes = 0
        self._in_block = False

    def read(self) -> Any:
        """The data, or ABSENT where nothing of it can be used; everything found is in `problems`."""
        try:
            return self._document()
        except _End:
            return ABSENT
        except YAMLError as error:
            self.problems.append(self._not_yaml(error))
            return ABSENT

    def _document(self) -> Any:
        self._next()
        start = self._next()
        if start.__class__ is StreamEndEvent:
            self._end("empty-document", "The file says nothing.", 0)
        self._directives(start)
        root = self._next()
        if root.__class__ is ScalarEvent and not root.value and not root.style:
            self._end("empty-document", "The document says nothing.", _at(root))
        self._in_block = root.__class__ is MappingStartEvent and not root.flow_style
        data = self._value(root, 0)
        self._next()
        after = self._next()
        if after.__class__ is DocumentStartEvent:
            self._end("several-documents", "A second document begins here.", _at(after))
        return data

    def _directives(self, start: Any) -> None:
        index = _at(start)
        if (start.version or (1, 2)) != (1, 2):
            self._tell("yaml-directive", "The document asks for another version than YAML 1.2.", index)
        if start.tags:
            self._tell("yaml-directive", "The document declares tags (%TAG).", index)

    def _value(self, event: Any, level: int) -> Any:
        """The value that begins with an event, on a level below `level` open ones; ABSENT for null."""
        self._refuse_reference(event)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._end("too-many-nodes", f"The file has more than {MAX_NODES} values.", _at(event))
        if event.__class__ is ScalarEvent:
            return self._scalar(event)
        if level >= MAX_LEVELS:
            self._end("too-deep", f"Here begins a level deeper than {MAX_LEVELS}.", _at(event))
        return self._sequence(level + 1) if event.__class__ is SequenceStartEvent else self._mapping(level + 1)

    def _refuse_reference(self, event: Any) -> None:
        index = _at(event)
        if event.__class__ is AliasEvent:
            self._end("yaml-alias", f"The alias *{shown(str(event.anchor))} stands for a value from elsewhere.", index)
        if event.anchor is not None:
            self._end("yaml-anchor", f"The anchor &{shown(event.anchor)} names a value for use elsewhere.", index)
        if event.tag is not None:
            self._end(
                "yaml-tag", f"The tag {shown(event.tag.replace(_STANDARD_TAG, '!!'))} changes what a value is.", index
            )

    def _scalar(self, event: Any) -> Any:
        text: str = event.value
        if event.style:
            return self._clean(text, _at(event))
        value = meaning(text)
        if not isinstance(value, Fault):
            return value
        self._tell(value.rule, value.message, _at(event))
        return ABSENT if value.rule == "null-value" else text

    def _clean(self, text: str, index: int) -> str:
        """A text without the forbidden characters that escapes made."""
        for character in dict.fromkeys(FORBIDDEN_IN_VALUE.findall(text)):
            message = f"An escape makes the character U+{ord(character):04X}, which must not stand in a text."
            self._tell(forbidden_rule(character), message, index)
        return cleaned(text)

    def _sequence(self, level: int) -> list[Any]:
        data = []
        while (event := self._next()).__class__ is not SequenceEndEvent:
            value = self._value(event, level)
            data.append(event.value if value is ABSENT else value)
        return data

    def _mapping(self, level: int, lines: "array[int] | None" = None) -> dict[str, Any]:
        data: dict[str, Any] = {}
        first: dict[str, int] = {}
        while (event := self._next()).__class__ is not MappingEndEvent:
            key, index = self._key(event, level), _at(event)
            if key is None or self._twice(key, index, first):
                self._value(self._next(), level)
                continue
            value = self._top_value(key, index) if level == 1 else self._value(self._next(), level)
            if value is ABSENT:
                continue
            data[key] = value
            if lines is not None:
                lines.append(event.start_mark.line + 1)
        return data

    def _top_value(self, key: str, index: int) -> Any:
        """The value of an entry of the top level, of which the spot is kept, and the lines of its own keys."""
        event = self._next()
        if self._in_block:
            self.top[key] = index, _at(event)
        if event.__class__ is not MappingStartEvent:
            return self._value(event, 1)
        self._refuse_reference(event)
        self._nodes += 1
        lines = array("L")
        self.lines[key] = lines
        return self._mapping(2, lines)

    def _key(self, event: Any, level: int) -> str | None:
        """The text of a key; None for a key that is none."""
        index = _at(event)
        if event.__class__ is not ScalarEvent:
            self._value(event, level)
            self._tell("key-not-text", "A key is a list or a map.", index)
            return None
        self._refuse_reference(event)
        self._nodes += 1
        text: str = event.value
        if event.style:
            return self._clean(text, index)
        if text == "<<":
            self._end("merge-key", "The merge key << brings in keys from elsewhere.", index)
        if meaning(text) is not text:
            name = shown(text)
            message = f'The key {name} is not text: quote it ("{name}").' if text else "A key is missing."
            self._tell("key-not-text", message, index)
        return text

    def _twice(self, key: str, index: int, first: dict[str, int]) -> bool:
        """Whether a key stands a second time in its mapping, which is told with both places."""
        before = first.setdefault(key, index)
        if before == index:
            return False
        line, column = self._places.at(before)
        here = "{}:{}".format(*self._places.at(index))
        message = f'The key "{shown(key)}" stands twice in this map: at {line}:{column} and at {here}.'
        self._tell("duplicate-key", message, index)
        return True

    def _next(self) -> Any:
        event = self._next_event()
        self._index = event.end_mark.index
        return event

    def _tell(self, rule: str, message: str, index: int) -> None:
        line, column = self._places.at(index)
        self.problems.append(problem(rule, message, file=self._file, line=line, column=column))
        if len(self.problems) == MAX_PROBLEMS:
            raise _End

    def _end(self, rule: str, message: str, index: int) -> NoReturn:
        self._tell(rule, message, index)
        raise _End

    def _not_yaml(self, error: YAMLError) -> "Finding":
        """One sentence from what the parser says, never its picture of the text."""
        what, index, hint = "it cannot be read on from here", self._index, ""
        if isinstance(error, MarkedYAMLError) and error.problem and error.problem_mark:
            what, index = shown(error.problem), error.problem_mark.index
            if error.context and error.context_mark:
                line, column = self._places.at(error.context_mark.index)
                what += f", {shown(error.context)} that began at {line}:{column}"
            hint = _hint(what, self._text[index : index + 1])
        line, column = self._places.at(index)
        message = f"This is not YAML: {what}."
        return problem("yaml-syntax", message, file=self._file, line=line, column=column, hint=hint)


def _at(event: Any) -> int:
    index: int = event.start_mark.index
    return index


def _hint(what: str, character: str) -> str:
    """What to do about the most frequent slips; empty where the rule's own hint has to do."""
    if character == "\t":
        return "Indent with spaces: YAML allows no tab here."
    if character in ("@", "`", "%", "!", "&", "*"):
        return "Quote the text that begins here."
    if "mapping values are not allowed" in what:
        return "Quote the text if the colon belongs to it; look at the indentation if it does not."
    return ""
