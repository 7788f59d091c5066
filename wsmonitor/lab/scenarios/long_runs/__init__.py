"""Many endings, mixed over a long run."""
