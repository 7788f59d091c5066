"""NDJSON and HAR."""
