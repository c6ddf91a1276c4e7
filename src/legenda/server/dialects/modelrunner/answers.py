"""Answers as ModelRunner's clients read them."""

from __future__ import annotations

import uuid

from legenda.server.dialects.queue.answers import Answers
from legenda.server.dialects.queue.ids import nano_of

DIALECT = "modelrunner"
REQUEST_ID = "x-modelrunner-request-id"

_answers = Answers(REQUEST_ID, lambda: nano_of(uuid.uuid4().hex))
request_id, name, answer = _answers.request_id, _answers.name, _answers.answer
