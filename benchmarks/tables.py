"""Measurements as tables in Markdown."""

import statistics
from collections.abc import Iterator

from measuring import Measured, median
from targets import Target, Targets

BY = {"wall": "on the clock", "cpu": "user + sys", "peak": "peak memory", "inside": "lock to commit"}


def measured_table(measured: Measured) -> str:
    """What each case took: medians."""
    lines = ["| case | wall | user + sys | peak |", "| --- | ---: | ---: | ---: |"]
    for name, runs in measured.items():
        wall, cpu, peak = (median(runs, by) for by in ("wall", "cpu", "peak"))
        lines.append(f"| {name} | {wall:.3f} s | {cpu:.3f} s | {peak:.0f} MiB |")
        if inside := [run.inside for run in runs if run.inside is not None]:
            lines.append(f"| {name}, without the process around it | | {statistics.median(inside):.3f} s | |")
    return "\n".join(lines)


def verdict_table(measured: Measured, targets: Targets) -> str:
    """What was wanted and whether it was met; nothing for targets whose cases weren't measured."""
    lines = [line for target in targets for line in _verdict(measured, target)]
    head = ["| what | by | measured | target | met |", "| --- | --- | ---: | ---: | --- |"]
    return "\n".join([*head, *lines]) if lines else ""


def _verdict(measured: Measured, target: Target) -> Iterator[str]:
    if any(case not in measured for case in target.cases):
        return
    value = target.value(measured)
    bound, sign = (target.at_most, "≤") if target.at_most is not None else (target.at_least, "≥")
    if bound is None:
        return
    met = value <= bound if sign == "≤" else value >= bound
    told = f"| {target.what} | {BY[target.by]} | {target.told(value)} | {sign} {target.told(bound)} |"
    yield f"{told} {'yes' if met else '**no**'} |"
