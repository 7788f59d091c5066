"""Percentiles and loss: the one place that computes them, for window, `watch`, exports and recordings.

Durations are integer nanoseconds. A histogram has buckets of at most 1 % of their value, so a
percentile is within 0.5 % of the exact nearest rank; smallest and largest value are kept exactly.
Integer arithmetic only: the same samples give the same digits everywhere, in any order.
"""

import math
from bisect import bisect_left, insort

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

_MANTISSA_BITS = 7  # 128 buckets for each doubling: a bucket spans at most 1/128 = 0.78 % of its value


class RttSummary(Struct, frozen=True, kw_only=True):
    """What is known of the round trips of one kind; `None` where there is no sample.

    `count` counts measured round trips. `loss` is misses / (pongs + misses), 0 to 1: heartbeats that
    a closure cut off are in neither, and an answer that came after its miss counts as the miss.
    """

    count: int
    p50_ns: int | None
    p90_ns: int | None
    p99_ns: int | None
    max_ns: int | None
    misses: int
    loss: float | None


class Histogram:
    """Counts durations in logarithmic buckets; memory is bounded by the spread of the values."""

    def __init__(self) -> None:
        self.count = 0
        self.min_ns: int | None = None
        self.max_ns: int | None = None
        self._counts: dict[int, int] = {}
        self._order: list[int] = []
        self._places: dict[float, _Place] = {}
        """Where percentiles were that were asked for: with the next value they are there still, or next to it."""

    def add(self, value_ns: int, count: int = 1) -> None:
        """Count `value_ns` (negative values count as 0) `count` times."""
        value_ns = max(0, value_ns)
        bucket = _bucket(value_ns)
        if bucket in self._counts:
            self._counts[bucket] += count
        else:
            self._counts[bucket] = count
            insort(self._order, bucket)
        for place in self._places.values():
            if bucket < place.bucket:
                place.below += count
        self.count += count
        if self.max_ns is None or value_ns > self.max_ns:
            self.max_ns = value_ns
        if self.min_ns is None or value_ns < self.min_ns:
            self.min_ns = value_ns

    def add_all(self, values_ns: NDArray[np.int64], counts: NDArray[np.int64] | None = None) -> None:
        """Count each of `values_ns`, as often as `counts` says, as `add` would one by one."""
        values_ns = np.maximum(values_ns, 0)
        if not values_ns.size:
            return
        order = np.argsort(values_ns, kind="stable")
        values_ns = values_ns[order]
        weights = np.ones(values_ns.size, np.int64) if counts is None else counts[order]
        _, bits = np.frexp(values_ns.astype(np.float64))  # exact below 2**53 ns, which is 104 days
        shift = np.maximum(0, bits.astype(np.int64) - _MANTISSA_BITS - 1)
        _, first = np.unique((shift << _MANTISSA_BITS) + (values_ns >> shift), return_index=True)
        for value_ns, count in zip(values_ns[first].tolist(), np.add.reduceat(weights, first).tolist(), strict=True):
            self.add(value_ns, count)
        self.add(int(values_ns[-1]), 0)  # the largest is kept exactly

    def merge(self, other: "Histogram") -> None:
        """Count everything that `other` counted, as if it had been added here."""
        if other.min_ns is None or other.max_ns is None:
            return
        self._places.clear()
        for bucket, count in other._counts.items():
            if bucket not in self._counts:
                insort(self._order, bucket)
            self._counts[bucket] = self._counts.get(bucket, 0) + count
        self.count += other.count
        self.min_ns = other.min_ns if self.min_ns is None else min(self.min_ns, other.min_ns)
        self.max_ns = other.max_ns if self.max_ns is None else max(self.max_ns, other.max_ns)

    def percentile(self, percent: float) -> int | None:
        """The nearest-rank percentile, `percent` from 0 to 100; `None` without a sample."""
        if self.min_ns is None or self.max_ns is None:
            return None
        rank = max(1, math.ceil(percent * self.count / 100))
        if rank >= self.count:
            return self.max_ns
        if rank == 1:
            return self.min_ns
        place = self._places.get(percent)
        if place is None:
            place = self._places[percent] = _Place(self._order[0])
        return min(max(_middle(self._bucket_of_rank(rank, place)), self.min_ns), self.max_ns)

    def _bucket_of_rank(self, rank: int, place: "_Place") -> int:
        """The bucket that holds the `rank`-th smallest value, looked for from `place` on, which is there then."""
        number = bisect_left(self._order, place.bucket)
        while rank <= place.below:
            number -= 1
            place.below -= self._counts[self._order[number]]
        while rank > place.below + (here := self._counts[self._order[number]]):
            place.below += here
            number += 1
        place.bucket = self._order[number]
        return place.bucket


class _Place:
    """A bucket, and how many values are in those below it."""

    __slots__ = ("below", "bucket")

    def __init__(self, bucket: int) -> None:
        self.bucket, self.below = bucket, 0


class RoundTripStatistics:
    """Round trips and misses of one kind of heartbeat."""

    def __init__(self) -> None:
        self.histogram = Histogram()
        self.answered = 0
        self.misses = 0

    def answer(self, round_trip_ns: int, *, late: bool = False) -> None:
        """Count an answer; a late one was counted as a miss before and adds its duration only."""
        self.histogram.add(round_trip_ns)
        self.answered += not late

    def kernel_sample(self, round_trip_ns: int) -> None:
        """Count an estimate of the kernel: a duration, but no heartbeat that could be lost."""
        self.histogram.add(round_trip_ns)

    def miss(self) -> None:
        """Count a heartbeat that was not answered in time."""
        self.misses += 1

    def merge(self, other: "RoundTripStatistics") -> None:
        """Count everything that `other` counted."""
        self.histogram.merge(other.histogram)
        self.answered += other.answered
        self.misses += other.misses

    @property
    def has_samples(self) -> bool:
        """True once an answer or a miss was counted."""
        return self.histogram.count > 0 or self.misses > 0

    @property
    def loss(self) -> float | None:
        """misses / (pongs + misses), from 0 to 1; `None` before the first of either."""
        beats = self.answered + self.misses
        return self.misses / beats if beats else None

    def summary(self) -> RttSummary:
        """Everything in one struct."""
        return RttSummary(
            count=self.histogram.count,
            p50_ns=self.histogram.percentile(50),
            p90_ns=self.histogram.percentile(90),
            p99_ns=self.histogram.percentile(99),
            max_ns=self.histogram.max_ns,
            misses=self.misses,
            loss=self.loss,
        )


def _bucket(value_ns: int) -> int:
    """The number of the bucket of a value: exact below 256, then 128 buckets for each doubling."""
    shift = max(0, value_ns.bit_length() - _MANTISSA_BITS - 1)
    return (shift << _MANTISSA_BITS) + (value_ns >> shift)


def _middle(bucket: int) -> int:
    """The value in the middle of a bucket."""
    shift = max(0, (bucket >> _MANTISSA_BITS) - 1)
    mantissa = bucket - (shift << _MANTISSA_BITS)
    return (mantissa << shift) + ((1 << shift) >> 1)
