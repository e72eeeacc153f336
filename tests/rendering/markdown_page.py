"""A Markdown page as a forge reads it: its HTML, taken apart."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from markdown_it import MarkdownIt

_FORGE = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = frozenset(
    ("h2", "h3", "p", "code", "strong", "ul", "li", "br", "details", "summary", "table", "thead", "tbody")
) | {"tr", "th", "td"}


@dataclass
class Page(HTMLParser):
    """The tags in their order, the comments, and the cells of each table's rows."""

    tags: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    text: str = ""
    bare: str = ""
    """The text outside code, each piece of code in it a ¤: where a forge looks for mentions and references."""
    _open: bool = False
    _code: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.append(tag)
        self.bare += {"code": "¤", "br": "\n"}.get(tag, "")
        if tag == "code":
            self._code = True
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self._open = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "code":
            self._code = False
        if tag in {"td", "th"}:
            self._open = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if not self._code:
            self.bare += data
        if self._open:
            self.tables[-1][-1][-1] += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def __hash__(self) -> int:
        return id(self)


def read(markdown: str) -> Page:
    """The page that a reader sees."""
    page = Page()
    page.feed(_FORGE.render(markdown))
    page.close()
    return page
