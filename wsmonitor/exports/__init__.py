"""What leaves the program as text or files: one file for each format, one line for each in `FORMATS`."""

from wsmonitor.exports import (
    csv_closures,
    csv_samples,
    csv_summary,
    har,
    markdown,
    ndjson_file,
    parquet,
)
from wsmonitor.exports.format import Format

FORMATS: tuple[Format, ...] = (
    ndjson_file.FORMAT,
    csv_samples.FORMAT,
    csv_closures.FORMAT,
    csv_summary.FORMAT,
    har.FORMAT,
    markdown.FORMAT,
    parquet.FORMAT,
)
"""Every export format, in the order in which a dialog offers them."""
