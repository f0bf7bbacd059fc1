import numpy as np
import pytest

from polku.profiles.customers import CustomerColumns


def columns(score: list[float]) -> CustomerColumns:
    n = len(score)
    whole = np.zeros(n, np.uint32)
    return CustomerColumns(
        np.arange(n, dtype=np.uint64), whole.astype(np.int32), whole, whole, np.zeros(n), whole.astype(np.int32),
        np.array(score, np.float32),
    )  # fmt: skip


@pytest.mark.parametrize("descending", [True, False])
def test_pages_hold_every_customer_once_also_those_without_a_score(descending: bool) -> None:
    """One in ten has a score, as in most shops: the second page is of those who have none."""
    rng = np.random.default_rng(1)
    all_ = columns([float(rng.integers(-100, 100)) if i % 10 == 0 else np.nan for i in range(1000)])
    pages = [
        all_.order("score", descending=descending, offset=at, limit=50).tolist() for at in range(0, 1000, 50)
    ]
    rows = [row for page in pages for row in page]
    assert sorted(rows) == list(range(1000))
    scores = all_.score[rows[:100]]
    assert not np.isnan(scores).any()
    assert (np.diff(scores) <= 0 if descending else np.diff(scores) >= 0).all()
