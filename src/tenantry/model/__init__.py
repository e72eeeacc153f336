"""Nouns: pure values that every room speaks of."""
