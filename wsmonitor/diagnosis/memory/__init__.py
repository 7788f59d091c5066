"""What a connection record keeps in small: silences survived, the heartbeats of the server. Imports nothing."""
