"""The endpoint editor: a form made from the structs of `config.py`, checked by the rules of the workspace file."""
