"""What flows into the window, and the orders that flow out: snapshots, probe, alerts, jobs."""
