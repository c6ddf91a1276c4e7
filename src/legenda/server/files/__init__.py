"""Files that callers upload and name in jobs: PUT to signed URLs, whole or in parts, and served under unguessable ones.

Every dialect that has a storage of its own is a rendering of these.
"""

from legenda.jobs.files import File
from legenda.server.files.links import Reached, part_url, result_url, url_of
from legenda.server.files.routes import opened, router
from legenda.server.files.storing import Begun, begin, begin_parts, complete, etag_of, keep, own, receive

__all__ = [
    "Begun",
    "File",
    "Reached",
    "begin",
    "begin_parts",
    "complete",
    "etag_of",
    "keep",
    "opened",
    "own",
    "part_url",
    "receive",
    "result_url",
    "router",
    "url_of",
]
