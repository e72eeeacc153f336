"""Where current assignments are recorded."""
