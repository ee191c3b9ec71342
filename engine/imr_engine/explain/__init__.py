"""Words and formats for what inference has found: rationales, items, text and JSON."""
