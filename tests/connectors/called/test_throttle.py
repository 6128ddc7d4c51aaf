"""Our own limit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.called import InProcessThrottle, TokenBucket


class TestTokenBucket:
    def test_twenty_at_once_then_one_every_0_6_seconds(self) -> None:
        """A full bucket lets 20 calls pass; each further one waits for its token."""
        bucket, waits = TokenBucket(20, 0.0, 20, 100), []
        for _ in range(22):
            bucket, wait_s = bucket.take(0.0)
            waits.append(wait_s)

        assert waits == [0.0] * 20 + [0.6, 0.6]

    def test_a_clock_that_goes_back_gives_nothing(self) -> None:
        """Tokens come with time that passes, never with time that is taken back."""
        bucket, _ = TokenBucket(1, 100.0, 20, 100).take(100.0)

        assert bucket.take(50.0)[1] > 0

    @given(st.lists(st.floats(0, 5), min_size=150, max_size=250))
    def test_never_more_than_120_in_a_minute(self, pauses: list[float]) -> None:
        """However calls are spread, no 60 seconds hold more than the service allows."""
        now, bucket, left = 0.0, TokenBucket(20, 0.0, 20, 100), []
        for pause in pauses:
            now += pause / 10
            bucket, wait_s = bucket.take(now)
            while wait_s:
                now += wait_s
                bucket, wait_s = bucket.take(now)
            left.append(now)

        starts = range(len(left) - 120)
        assert all(left[start + 120] - left[start] >= 60 - 1e-6 for start in starts)

    def test_shared_by_all_threads(self) -> None:
        """The throttle of a process counts everybody's calls in one bucket."""
        throttle = InProcessThrottle(lambda: 0.0, capacity=2, per_minute=60)

        assert [throttle.take() for _ in range(3)] == [0.0, 0.0, 1.0]
