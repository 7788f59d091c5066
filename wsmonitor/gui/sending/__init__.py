"""The Send tab and snippets."""
