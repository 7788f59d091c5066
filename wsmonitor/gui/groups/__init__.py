"""Several connections as one row of the list: a tap and its clients. Pure."""
