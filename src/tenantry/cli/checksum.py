"""--checksum: plans are held to the effect that was reviewed."""

import os
import re
from typing import Any

import click

from tenantry.cli.screen import tell
from tenantry.engine.checksum import refusal
from tenantry.model.plan import PlanSet

EFFECT = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


class Effect(click.ParamType[str]):
    """The effect of a set of plans, as JSON, the comment of a pull request and `tenantry reviewed` tell it."""

    name = "effect"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The effect, or a usage error; an empty one too, since it is what a step that found no review leaves."""
        if EFFECT.fullmatch(str(value)) is None:
            self.fail(f"{value!r} is not an effect: sha256: and 64 of 0-9 and a-f.", param, ctx)
        return str(value)


def _never_empty(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Click takes an empty variable for none at all, and then nothing would be held to anything."""
    if value is None and os.environ.get("TENANTRY_CHECKSUM") == "":
        raise click.BadParameter("TENANTRY_CHECKSUM is set and empty: there is no effect that was reviewed.")
    return value


CHECKSUM = click.option(
    "--checksum",
    type=Effect(),
    callback=_never_empty,
    metavar="EFFECT",
    help="Exit with 4 unless the plans have this effect, the one that was reviewed; nothing is applied.",
)


def refused(plans: PlanSet, checksum: str | None) -> bool:
    """Whether plans that were to have this effect have another one; people are told."""
    why = refusal(plans, checksum)
    if why is not None:
        tell(f"error: {why}")
        tell(f"hint: {why.hint}")
    return why is not None
