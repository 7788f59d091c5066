"""Everything a user can set of an endpoint, its defaults and its checks. Imports `facts`, `tables`, `text`."""
