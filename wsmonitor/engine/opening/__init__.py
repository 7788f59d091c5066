"""From an address to an open connection: names, addresses, TCP, TLS, upgrade, and why it failed."""
