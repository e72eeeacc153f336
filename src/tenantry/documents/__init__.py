"""Text to model: files are read strictly, and everything wrong with them is told at once."""
