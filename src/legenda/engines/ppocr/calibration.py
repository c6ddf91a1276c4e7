"""Confidence that means probability."""

from __future__ import annotations


def probability_of(score: float) -> float:
    """Probability that a word is exactly right, from the product of its characters' softmax values."""
    return score
