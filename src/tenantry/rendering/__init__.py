"""Model to text: one module a family of formats."""
