"""The real window on a lively lab for a long time: `make soak` fails where anything grows."""
