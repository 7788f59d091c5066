"""Commands on recordings: replay, export, compare."""
