"""Time and what disturbs it: clock, alarms, our own lag, jumps, routes, tasks."""
