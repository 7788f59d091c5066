"""What a peer sent is parsed in portions: nothing is lost, none takes long."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wsmonitor.engine.wire.parse_quota import LARGEST_BYTES, PORTION_NS, SMALLEST_BYTES, ParseQuota


@given(st.lists(st.binary(max_size=5000), max_size=10), st.lists(st.integers(0, 10**9), min_size=1, max_size=10))
def test_portions_put_together_are_what_was_received_whatever_parsing_costs(
    reads: list[bytes], costs_ns: list[int]
) -> None:
    portions, parsed, turn = ParseQuota(), b"", 0

    for data in reads:
        portions.add(data)
        if portions:
            portion = portions.take()
            parsed += bytes(portion)
            portions.took(len(portion), costs_ns[turn % len(costs_ns)])
            turn += 1
    while portions:
        portion = portions.take()
        parsed += bytes(portion)
        portions.took(len(portion), costs_ns[turn % len(costs_ns)])
        turn += 1

    assert parsed == b"".join(reads)


def test_dear_bytes_make_portions_small_at_once_and_cheap_ones_large_step_by_step() -> None:
    portions = ParseQuota()
    portions.add(bytes(1_000_000))
    sizes = []

    for spent_ns in [100 * PORTION_NS] + [1000] * 12:
        portion = portions.take()
        sizes.append(len(portion))
        portions.took(len(portion), spent_ns)

    assert sizes[1] == SMALLEST_BYTES
    assert all(later <= 2 * earlier for earlier, later in pairwise(sizes[1:]))
    assert sizes[-1] == LARGEST_BYTES
