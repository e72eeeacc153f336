"""Text in documents that pipelines print: what would be read as a command in the log is written in another way there.

The document that is read from it says the same, character for character.
"""

import re

from tenantry.rendering.escape import COMMAND, visible

_MARKUP = re.compile(rf"[&<>\"]|{COMMAND.pattern}")
_AGENT = re.compile(r"%(?=3B|0D|0A|5D|AZP25)|[;\]\r\n]")
_AGENT_CODES = {"%": "%AZP25", ";": "%3B", "]": "%5D", "\r": "%0D", "\n": "%0A"}


def agent_text(text: str) -> str:
    """A property or the message of a logging command of Azure Pipelines.

    A percent sign is written as a code only where an agent would read one, since some agents leave that code as it is.
    """
    return _AGENT.sub(lambda match: _AGENT_CODES[match[0]], text)


def json_in_log(text: str) -> str:
    """Canonical JSON without a `::` or `##` that could begin a command; outside of strings JSON has neither."""
    return COMMAND.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def xml_text(text: str) -> str:
    """Text of an XML element, or of an attribute between double quotes; what XML 1.0 forbids is seen as code points."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", visible(text))
