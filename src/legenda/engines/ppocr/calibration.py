"""Confidence that means probability.

The softmax of a CTC network is far too sure of itself. Platt scaling (Platt, "Probabilistic outputs for support vector
machines", 1999) of the logit, fitted on 11,085 words of real training lines (typewritten and printed 1878 to 1965 in
five languages, street signs) read at all three efforts; none of them is evaluation data.
"""

from __future__ import annotations

import math

SLOPE, OFFSET = 0.49, 0.36
# of the handwriting recogniser: 6,725 words of lines it was not trained on. Words that letters before and after made
# likelier are right more often than their product says, hence its root (error .028; before the convolutions were
# trained .017 with the root, .046 without)
HAND_ROOT, HAND_SLOPE, HAND_OFFSET = 0.25, 0.54, -0.19
EDGE = 1e-5  # probabilities nearer to 0 or 1 say no more


def probability_of(score: float, *, hand: bool = False) -> float:
    """Probability (0..1) that a word is exactly right, from the product of its characters' softmax values (0..1).

    Args:
        score: the product.
        hand: the handwriting recogniser read it.
    """
    slope, offset = (HAND_SLOPE, HAND_OFFSET) if hand else (SLOPE, OFFSET)
    score = min(max(score**HAND_ROOT if hand else score, EDGE), 1 - EDGE)
    return 1 / (1 + math.exp(-slope * math.log(score / (1 - score)) - offset))
