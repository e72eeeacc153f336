"""The ledger: who holds what, in SQL, with what was done to it and by whom."""
