"""Raw WebSocket connections: every byte is ours to choose, every byte that comes is stamped. Imports `facts` only."""
