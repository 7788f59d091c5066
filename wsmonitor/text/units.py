"""Numbers as a reader wants them: in sentences, and shorter where a table has no room."""

import math

NONE = "—"


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


def milliseconds(duration_ns: int | float | None) -> str:
    """`0.42`, `4.2`, `23.1`, `412`, `12 s`; a dash without a value."""
    if duration_ns is None or math.isnan(duration_ns):
        return NONE
    value = duration_ns / 1e6
    if value >= 10_000:
        return f"{value / 1000:.0f} s"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def round_trip(duration_ns: int | float | None) -> str:
    """What `milliseconds` says, with its unit: `0.42 ms`, `412 ms`, `12 s`."""
    value = milliseconds(duration_ns)
    return value if value == NONE or value.endswith(" s") else f"{value} ms"


def tenths(duration_ns: int | float) -> str:
    """`60.1 s`, `7 min 54.4 s`, with a tenth, to compare lives and silences; `0.40 ms` where it would hide them."""
    if 0 < duration_ns < 50e6:
        return round_trip(duration_ns)
    tenths = round(duration_ns / 1e8)
    if tenths < 1200:
        return f"{tenths / 10:.1f} s"
    minutes, rest = divmod(tenths, 600)
    if minutes < 60:
        return f"{minutes} min {rest / 10:04.1f} s"
    return f"{minutes // 60} h {minutes % 60:02d} min {rest // 10:02d} s"


def width(seconds: float) -> str:
    """`90 s`, `5 min`, `2.5 h`: how much time something shows, to three digits."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.3g} min" if seconds < 7200 else f"{seconds / 3600:.3g} h"


def limit(duration_ns: int | float, digits: int = 3) -> str:
    """`6 s`, `75.4 s`, `5 min`, `6 min 40 s`, `1 h`: a time limit that was found, in a name; to so many digits."""
    seconds = float(f"{duration_ns / 1e9:.{2 if duration_ns < 10e9 else digits}g}")
    if seconds < 120:
        return f"{seconds:g} s"
    return duration(seconds * 1e9).removesuffix(" 00 s").removesuffix(" 00 min")


def short_duration(duration_ns: int | float) -> str:
    """`0.8 s`, `48 s`, `13:20`, `2 h 05 min`: short, for something that ended or counts."""
    seconds = max(0.0, duration_ns / 1e9)
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
    return f"{int(seconds) // 3600} h {int(seconds) % 3600 // 60:02d} min"


def age(duration_ns: int | float) -> str:
    """`0 s`, `48 s`, `13:20`, `2 h 05 min`: of something that goes on, in whole seconds that have passed."""
    seconds = max(0, int(duration_ns / 1e9))
    return f"{seconds} s" if seconds < 100 else short_duration(seconds * 1e9)


def exact_s(seconds: float) -> str:
    """`10 s`, `2.5 s`, `0.05 s`, `31536000 s`: a time as it was set, with the digits it was set with."""
    return f"{seconds:.15g} s"


def whole_duration(whole_seconds: int) -> str:
    """`5 s`, `90 s`, `5 min`: for choices in whole seconds or minutes."""
    return f"{whole_seconds} s" if whole_seconds < 120 else f"{whole_seconds // 60} min"


def short_size(value_bytes: int) -> str:
    """`512 B`, `4.2 kB`, `3.1 MB`."""
    return f"{value_bytes} B" if value_bytes < 1000 else size(value_bytes)


def short_count(number: int) -> str:
    """`1,284`, and `12k`, `3.4M` where it would not fit."""
    if number < 100_000:
        return f"{number:,}"
    return f"{number / 1000:.0f}k" if number < 1_000_000 else f"{number / 1e6:.1f}M"


def percent(share: float | None) -> str:
    """A share from 0 to 1 as `0%`, `0.4%`, `12%`."""
    if share is None:
        return NONE
    value = share * 100
    return f"{value:.1f}%" if 0 < value < 1 else f"{value:.0f}%"


def fine_percent(share: float) -> str:
    """`0.25%`, `2%`, `66.67%`: a share beside the limit that it is held against, to four digits."""
    return f"{share * 100:.4g}%"
