"""Where shipped data lies, and how files are read safely, with the place of every value."""
