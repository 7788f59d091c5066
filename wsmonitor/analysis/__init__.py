"""Pure: events in, bounded state and immutable snapshots out. No Qt, no I/O."""
