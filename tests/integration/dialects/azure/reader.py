"""Run by the tests in a process of its own, since Microsoft's former client warns of what it uses itself.

Arguments: endpoint, key, file. Prints what Read 3.2 read.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from azure.cognitiveservices.vision.computervision import ComputerVisionClient
from msrest.authentication import CognitiveServicesCredentials

endpoint, key, file = sys.argv[1:]
client = ComputerVisionClient(endpoint, CognitiveServicesCredentials(key))
with Path(file).open("rb") as source:
    taken = client.read_in_stream(source, pages=["1", "3"], raw=True)
operation = taken.headers["Operation-Location"].rpartition("/")[2]
while (found := client.get_read_result(operation)).status in ("notStarted", "running"):
    time.sleep(0.05)
pages = found.analyze_result.read_results if found.analyze_result else []
shown = [
    [page.page, page.unit, [line.text for line in page.lines], page.lines[0].appearance.style.name] for page in pages
]
print(json.dumps({"status": found.status, "pages": shown}))
