"""After how much silence does something end a connection, and what counts as a sign of life?"""
