"""Rules about keeping a runbook true: who owns it, who read it last, what proves that it works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from engine.language.load import Loaded
from engine.language.rules.rule import Finding, rule


@rule(
    "no-owner",
    explains="A runbook that belongs to nobody is corrected by nobody.",
    fix="add owner: TEAM",
)
def no_owner(loaded: Loaded, _: date) -> Iterator[Finding]:
    """No owner."""
    if not loaded.book.owner:
        yield Finding(("id",), "the runbook has no owner")


@rule(
    "no-review",
    explains="Systems change and runbooks do not: one that nobody reads again becomes wrong without a sign.",
    fix="add review: {last: THE DAY, every: 90d}",
)
def no_review(loaded: Loaded, _: date) -> Iterator[Finding]:
    """No review date."""
    if loaded.book.review is None:
        yield Finding(("id",), "the runbook does not say when it was last reviewed")


@rule(
    "review-overdue",
    explains="A runbook whose review is overdue may describe a system that is no more.",
    fix="read it against the system, correct it, and set review: last to that day",
)
def review_overdue(loaded: Loaded, today: date) -> Iterator[Finding]:
    """The review is overdue, or lies in the future."""
    review = loaded.book.review
    if review is None:
        return
    if review.last > today:
        yield Finding(("review", "last"), f"the last review, {review.last}, is in the future")
    elif (due := review.last + timedelta(days=review.every)) < today:
        yield Finding(("review", "last"), f"the review has been overdue since {due}")


@rule(
    "no-tests",
    explains="Without a test nobody knows that the steps, conditions and names of a runbook work together.",
    fix="add a case under tests:, and run it with ./inv book.test",
)
def no_tests(loaded: Loaded, _: date) -> Iterator[Finding]:
    """No tests."""
    if not loaded.book.tests:
        yield Finding(("id",), "the runbook has no tests")
