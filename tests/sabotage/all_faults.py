"""All faults that the tests must kill, room by room."""

import documents_faults
import door_faults
import engine_faults
import ledger_faults
import planning_faults

FAULTS = (
    *planning_faults.FAULTS,
    *documents_faults.FAULTS,
    *ledger_faults.FAULTS,
    *engine_faults.FAULTS,
    *door_faults.FAULTS,
)
