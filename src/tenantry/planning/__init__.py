"""Model to plan: pure functions without clock, files or chance."""
