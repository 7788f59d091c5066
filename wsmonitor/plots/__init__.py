"""Which curves come out of a snapshot: one file per plot, one line in `PLOTS`. No Qt here."""
