"""The endpoint editor: a form made from `settings/endpoint_settings.py`, checked by the rules of the workspace file."""
