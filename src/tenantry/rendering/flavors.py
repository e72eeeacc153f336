"""How each forge reads Markdown: GitHub, GitLab and Azure DevOps each bring other words to life, and take other tags.

A flavor says how text from files is written so that it stays text, and how a page breaks a line and folds a part.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tenantry.rendering.escape import Safe, clip, visible

_SENTENCE_WORD = re.compile(r"([(\"']*)(?![a-f]{7,}\b)([A-Za-z][^\W\d_]*(?:[-'][^\W\d_]+)*)([)\"'.,;:!?]*)")
_FIGURE = re.compile(r"([(]?)([-+]?\d{1,6}(?:[.,]\d{1,3})*|\d{4}-\d\d-\d\d)([),.;:]{0,3})")
_WORD = re.compile(r"([(\"']*)(.*?)([)\"'.,;:!?]*)", re.DOTALL)
_HARMFUL = re.compile(r"[^A-Za-z0-9 .,;:()'-]")
_HARMFUL_IN_FIGURE = re.compile(r"[^0-9.,;:(+-]|[.)](?!\d)")
_ENTITY = re.compile(r"[^A-Za-z0-9 ]|(?<= ) |^ | \Z")
_AZURE_REFERENCE = re.compile(r"#(?=[#\d])|!(?=\d)|@(?=<)")
_HARMLESS = frozenset("/%,;?'\"")
_BACKTICKS = re.compile("`+")
_ZERO_WIDTH = "\u200b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavor:
    """The Markdown of one forge. `code_span` and `escaped` write an identifier and one character of a sentence.

    `folded` and `unfolded` begin a part with a `{title}`, at a heading's `{level}` where a forge can't fold.
    """

    name: str
    code_span: Callable[[str], str]
    escaped: Callable[[str], str]
    gap: Safe
    break_in_item: Safe
    break_in_cell: Safe
    folded: str
    unfolded: str
    fold_end: Safe

    def code(self, text: str, limit: int = 300) -> Safe:
        """An identifier: no mention, link, tag or cell comes to life in it."""
        return Safe(self.code_span(visible(clip(text, limit))))

    def prose(self, text: str, limit: int = 600) -> Safe:
        """A sentence. Words that a forge could make a mention or a link of become identifiers.

        Escaping alone would not do: forges look for these words after they have read the Markdown, but not in code.
        """
        return Safe(" ".join(self._words(text, limit)))

    def glued(self, text: str) -> Safe:
        """A few words of a table that stay on one line."""
        return Safe(self.gap.join(self._words(text, 600)))

    def fold(self, title: str, *, unfolded: bool = False, level: int = 3) -> Safe:
        """The beginning of a part that a reader can fold, if the forge can; `fold_end` ends it."""
        begin = self.unfolded if unfolded else self.folded
        return Safe(begin.format(title=self.prose(title), level="#" * level))

    def _words(self, text: str, limit: int) -> list[str]:
        return [self._word(word) for word in visible(clip(text, limit)).split()]

    def _word(self, word: str) -> str:
        if len(word) == 1 and not word.isascii():
            return word  # a sign of ours or of a message (→, ✖); no Markdown is made of it
        if _SENTENCE_WORD.fullmatch(word):
            return self._escape(_HARMFUL, word)
        if _FIGURE.fullmatch(word):
            return self._escape(_HARMFUL_IN_FIGURE, word)  # "1." and "1)" would begin a list
        if len(word) == 1 and word not in "[]":  # which GitLab makes a box to tick of, however they are escaped
            return self._escape(_ENTITY, word)
        match = _WORD.fullmatch(word)
        before, core, after = match.groups() if match else ("", word, "")
        return f"{self._escape(_ENTITY, before)}{self.code(core) if core else ''}{self._escape(_ENTITY, after)}"

    def _escape(self, harmful: re.Pattern[str], text: str) -> str:
        return harmful.sub(lambda match: self.escaped(match[0]), text)


def _entity(char: str) -> str:
    return f"&#{ord(char)};"


def _code_tag(text: str) -> str:
    inside = text if text.isalnum() and text.isascii() else _ENTITY.sub(lambda match: _entity(match[0]), text)
    return f"<code>{inside}</code>"


def _backslash(char: str) -> str:
    return f"\\{char}" if char.isascii() and char not in _HARMLESS else char


def _code_fence(text: str) -> str:
    """Code between backticks. Its vertical bars stand outside, since only there they read alike in cells and lines."""
    inert = _AZURE_REFERENCE.sub(lambda match: match[0] + _ZERO_WIDTH, text) or " "
    return "\\|".join(_fenced(part) if part else "" for part in inert.split("|"))


def _fenced(text: str) -> str:
    longest = max((len(run) for run in _BACKTICKS.findall(text)), default=0)
    fence = "`" * (longest + 1)
    bare = not text.strip(" ") or not (text.startswith("`") or text.endswith("`") or text[0] == text[-1] == " ")
    return f"{fence}{text}{fence}" if bare else f"{fence} {text} {fence}"


GITHUB = Flavor(
    name="github",
    code_span=_code_tag,
    escaped=_entity,
    gap=Safe("&nbsp;"),
    break_in_item=Safe("<br>"),
    break_in_cell=Safe("<br>"),
    folded="<details><summary>{title}</summary>",
    unfolded="<details open><summary>{title}</summary>",
    fold_end=Safe("</details>"),
)
GITLAB = replace(GITHUB, name="gitlab")
"""The same page: GitLab looks for references outside code only, and for quick actions in the source, where a line
begins with /. In code and as entities, nothing of a file is either.
"""
AZURE = Flavor(
    name="azure",
    code_span=_code_fence,
    escaped=_backslash,
    gap=Safe("\u00a0"),
    break_in_item=Safe("\n  - "),
    break_in_cell=Safe(" · "),
    folded="{level} {title}",
    unfolded="{level} {title}",
    fold_end=Safe(""),
)
"""No HTML: of <br> it is said that it works in a wiki but not elsewhere, and of <details> nothing. No entities either:
`&#64;` could be taken for a work item. Whether `#12` in code is one, nobody promises, so a zero width space parts it;
the same keeps `##vso[` from being a command where the page goes to an agent's log.
"""
FLAVORS: Mapping[str, Flavor] = {flavor.name: flavor for flavor in (GITHUB, GITLAB, AZURE)}
"""The flavors by the names that the command line gives them."""
