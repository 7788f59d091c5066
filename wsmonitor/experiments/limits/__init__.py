"""How large, how many, how often: the limits of a server, each looked for with as little as tells it."""
