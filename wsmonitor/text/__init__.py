"""Text made safe and plain to read: control characters, secrets, units. Imports `facts` and `tables`."""
