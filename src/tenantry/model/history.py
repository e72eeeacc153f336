"""What a ledger remembers of the commands that wrote."""

from dataclasses import dataclass

from tenantry.model.run import Run


@dataclass(frozen=True, slots=True)
class History:
    """Runs, newest first. `missing` is the URL at which there is no ledger yet; None where there is one."""

    runs: tuple[Run, ...]
    missing: str | None = None
