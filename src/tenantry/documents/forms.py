"""The forms of single values, as the schema of tenant files lays them down for every way of writing them."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tenantry.documents.data import packaged


@dataclass(frozen=True, slots=True)
class Form:
    """What a value of one kind must look like."""

    definition: dict[str, Any]
    pattern: "re.Pattern[str]"
    longest: int

    def fits(self, text: str) -> bool:
        """Whether a text has this form."""
        return len(text) <= self.longest and self.pattern.fullmatch(text) is not None

    def objection(self, text: str) -> tuple[str, str]:
        """Sentence and hint for a text that hasn't this form; a character that only looks right is named."""
        from tenantry.documents.words import ill_formed  # noqa: PLC0415 - most texts fit

        return ill_formed(text, self.definition)


@lru_cache(maxsize=8)
def form(name: str) -> Form:
    """A form by its name among the definitions of the tenant schema."""
    definition = json.loads(packaged("tenant.schema.json"))["$defs"][name]
    return Form(definition, re.compile(definition["pattern"]), definition.get("maxLength", 1024))
