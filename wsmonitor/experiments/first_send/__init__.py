"""Is a message lost that is sent right after the opening, because the handler is attached late?"""
