"""Whoever reads a ledger, in either database: it can't be written that way, and all that is read is of one moment."""

import contextlib

import pytest

from filled_ledgers import carry_out, filled, revoke
from tenantry.backends.ledger.database import transaction
from tenantry.backends.ledger.ledger import Ledger
from tenantry.errors import OperatorError


def test_whoever_reads_cannot_write(ledger: Ledger) -> None:
    filled(ledger)
    database = ledger._database  # noqa: SLF001 - tests look behind the door
    with contextlib.closing(database.connect(write=False)) as reader:
        for statement in ("DELETE FROM receipts", "UPDATE tenants SET revision = 9"):
            with pytest.raises(OperatorError, match="read-only"), database.told(), transaction(reader, write=False):
                reader.execute(statement)
    assert ledger.faults() == []


def test_all_tables_that_are_copied_are_of_one_moment(ledger: Ledger) -> None:
    filled(ledger)
    reader = Ledger(ledger._database)  # noqa: SLF001 - as above
    with reader.copied() as tables:
        rows = {"tenants": list(next(tables).rows)}
        carry_out(ledger, [revoke("user:ada@x.example", "companion")])
        rows |= {table.name: list(table.rows) for table in tables}
    reader.close()
    assert [len(rows[name]) for name in ("tenants", "assignments", "runs")] == [1, 2, 1]
