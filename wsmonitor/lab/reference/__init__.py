"""The server that does it right: what the failure stories 2, 3 and 5 were fixed to."""
