"""Client libraries whose manners their sources state, and what the reconnect audit says of each."""
