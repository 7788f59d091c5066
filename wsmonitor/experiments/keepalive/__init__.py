"""Does the server notice a dead client: when, by what, and with which code?"""
