"""The series of one connection slot, as a snapshot sees them; only `plots/` reads them."""


class EndpointHistory:
    """Round trips, misses, states, buffered messages, message rates and closures over time."""
