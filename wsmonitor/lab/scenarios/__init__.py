"""Every scenario of the lab: one file each, named after its id, and one line in this tuple."""

SCENARIOS = (
    "echo",
    "jitter",
    "mixed_endings",
    "outages",
)
