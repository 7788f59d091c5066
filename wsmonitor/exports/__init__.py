"""What leaves the program as text or files: one file for each format, one line for each in `FORMATS`."""

from wsmonitor.exports import parquet
from wsmonitor.exports.csv import closures, samples_csv, summary
from wsmonitor.exports.format import Format
from wsmonitor.exports.json import har, ndjson_file
from wsmonitor.exports.report import markdown

FORMATS: tuple[Format, ...] = (
    ndjson_file.FORMAT,
    samples_csv.FORMAT,
    closures.FORMAT,
    summary.FORMAT,
    har.FORMAT,
    markdown.FORMAT,
    parquet.FORMAT,
)
"""Every export format, in the order in which a dialog offers them."""
