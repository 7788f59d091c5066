"""What leaves the program as text or files: one file for each format, one line for each in this tuple."""

from wsmonitor.exports.format import Format
from wsmonitor.registry import entries

_NAMES = (
    "json.ndjson_file",
    "csv.samples_csv",
    "csv.closures",
    "csv.summary",
    "json.har",
    "report.markdown",
    "parquet",
)

FORMATS = entries(__name__, _NAMES, "FORMAT", Format)
"""Every export format, in the order in which a dialog offers them."""
