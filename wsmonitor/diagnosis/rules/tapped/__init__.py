"""What only a tap can see: faults of the client that stands before it."""
