"""The conductor: one module a verb, no printing."""
