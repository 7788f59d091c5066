"""Numbers as a reader wants them, the same in log, plots and reports."""


def duration(value_ns: int | float) -> str:
    """`80 µs`, `4.2 ms`, `412 ms`, `2.4 s`, `61.0 s`, `13 min 20 s`, `2 h 05 min`."""
    milliseconds = value_ns / 1e6
    if milliseconds < 0.1:
        return f"{value_ns / 1e3:.0f} µs"
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1e3
    if seconds < 119.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size(value_bytes: int) -> str:
    """`1 byte`, `512 bytes`, `4.1 kB`, `3.1 MB`."""
    if value_bytes < 1000:
        return "1 byte" if value_bytes == 1 else f"{value_bytes} bytes"
    return f"{value_bytes / 1e3:.1f} kB" if value_bytes < 1e6 else f"{value_bytes / 1e6:.1f} MB"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 closure`, `1,284 closures`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
