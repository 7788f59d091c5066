"""The headless commands: thin, one module each."""
