"""The pattern of all ends: a dot for each connection that ended, a histogram, a lasso."""
