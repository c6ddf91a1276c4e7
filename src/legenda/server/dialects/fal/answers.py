"""Answers as fal's clients read them."""

from __future__ import annotations

import uuid

from legenda.server.dialects.queue.answers import Answers

DIALECT = "fal"
REQUEST_ID = "x-fal-request-id"

_answers = Answers(REQUEST_ID, lambda: str(uuid.uuid4()))
request_id, name, answer = _answers.request_id, _answers.name, _answers.answer
