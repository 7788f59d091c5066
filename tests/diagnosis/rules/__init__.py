"""One test file for each diagnosis rule: what it finds, what it must not find, and when it asks for more."""
