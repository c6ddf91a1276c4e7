"""Run by the tests in a process of its own, since lazarus-ai has modules called `errors` and `utils`.

Arguments: orgId, authKey, model id (or nothing), kind of the input, the input. Prints the answer, or the error.
"""

from __future__ import annotations

import json
import sys

from lazarus_ai import Forms, LazarusAuth

organization, key, model, kind, value = sys.argv[1:]
try:
    forms = Forms(LazarusAuth(organization, key), model_id=model or None)
    more = {"file_id": "fid", "metadata": {"a": "b"}}
    print(json.dumps({"answer": forms.run_ocr(kind, value, **more)}))
except Exception as error:
    facts = {name: getattr(error, name, None) for name in ("status", "code", "message")}
    print(json.dumps({"error": type(error).__name__} | facts))
