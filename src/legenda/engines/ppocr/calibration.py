"""Confidence that means probability.

The softmax of a CTC network is far too sure of itself. Platt scaling (Platt, "Probabilistic outputs for support vector
machines", 1999) of the logit, fitted on 11,085 words of real training lines (typewritten and printed 1878 to 1965 in
five languages, street signs) read at all three efforts; none of them is evaluation data.
"""

from __future__ import annotations

import math

SLOPE, OFFSET = 0.49, 0.36
HAND_SLOPE, HAND_OFFSET = 0.83, -0.6  # of the handwriting recogniser: 6,558 words of lines it was not trained on
EDGE = 1e-5  # probabilities nearer to 0 or 1 say no more


def probability_of(score: float, *, hand: bool = False) -> float:
    """Probability (0..1) that a word is exactly right, from the product of its characters' softmax values (0..1).

    Args:
        score: the product.
        hand: the handwriting recogniser read it.
    """
    score, (slope, offset) = min(max(score, EDGE), 1 - EDGE), (HAND_SLOPE, HAND_OFFSET) if hand else (SLOPE, OFFSET)
    return 1 / (1 + math.exp(-slope * math.log(score / (1 - score)) - offset))
