"""After a failure at the commit, when nobody was told whether it took place."""

from tenantry.backends.ledger.ledger import Ledger
from tenantry.backends.ledger.locks import Lease
from tenantry.engine.patience import patiently, unwilling

ALTHOUGH = "although the commit reported an error"
"""What is added where it took place all the same."""


def took_place(ledger: Ledger, lease: Lease, run_id: str, at: str) -> bool:
    """Whether the run of this id and time is there, as a new look at the ledger tells. TenantryError where none can.

    The lock is given back when all is seen, and not before: whoever takes it may write a run that looks the same.
    """
    lost = ledger.lost
    ledger.close()
    if not lost:
        there = _is_there(ledger, run_id, at)
        ledger.free(lease)
        return there

    def look() -> bool:
        with ledger.given_back(lease):
            return _is_there(ledger, run_id, at)

    return patiently(look, unwilling)


def _is_there(ledger: Ledger, run_id: str, at: str) -> bool:
    found = ledger.run(run_id)
    return found is not None and found[0].at == at
