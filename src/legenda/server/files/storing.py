"""Files come in: begun, received, put together, and found again where a job names them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeVar, cast
from urllib.parse import urlsplit

from anyio import to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from legenda.errors import InvalidOptionError, NotFoundError, UnreachableError
from legenda.jobs.files import File, FilePart, file_key
from legenda.jobs.record import Stored
from legenda.net.names import clean
from legenda.server import admission
from legenda.server.admission import Part
from legenda.server.files import links
from legenda.server.service import Service, service_of
from legenda.server.uploads import Upload, check_length, chunks

if TYPE_CHECKING:
    from legenda.server.auth import Caller
    from legenda.server.files.links import Reached

T = TypeVar("T")

_LEAST_SECONDS = 60.0
_PATH = re.compile(r"(?:/cdn)?/files/([0-9a-f]{32})/[^/]+")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")


@dataclass(frozen=True, slots=True)
class Begun:
    """An upload that may begin.

    Attributes:
        file: as it will be.
        upload_url: takes a PUT, or PUTs of parts under `/1`, `/2`, … and a POST of `/complete`; needs no key.
        file_url: where the file is when it was uploaded.
        upload_id: of an upload in parts, else empty; `file_url/multipart/upload_id` is `upload_url` then.
    """

    file: File
    upload_url: str
    file_url: str
    upload_id: str = ""


def begin(
    service: Service, caller: Caller, reached: Reached, name: str, media_type: str, *, seconds: float | None = None
) -> Begun:
    """Begin an upload of one PUT. Blocks.

    Args:
        service: of the request.
        caller: whose file it is.
        reached: how the caller reached the server.
        name: of the file, as the caller calls it.
        media_type: it is to be served with.
        seconds: until it is deleted; at most, and by default, as long as everything else.

    Raises:
        LimitError: the caller's files take all the room there is.
    """
    file = _begun(service, caller, name, media_type, seconds)
    return Begun(file, links.upload_url(service, reached, file), links.url_of(reached, file))


def begin_parts(
    service: Service, caller: Caller, reached: Reached, name: str, media_type: str, *, seconds: float | None = None
) -> Begun:
    """Begin an upload in parts; otherwise as `begin`."""
    file = _begun(service, caller, name, media_type, seconds)
    upload, url = links.upload_id(service, file), links.url_of(reached, file)
    return Begun(file, f"{url}/multipart/{upload}", url, upload)


async def receive(
    request: Request, caller: Caller, name: str, media_type: str, *, seconds: float | None = None
) -> File:
    """Take the body of a request as a file.

    Raises:
        TooLargeError: it is beyond the cap of an input.
        LimitError: the caller's files take all the room there is.
        ProblemError: 408, the body does not come.
    """
    service = service_of(request)
    check_length(request, admission.cap(service, caller))
    file = await run_in_threadpool(_begun, service, caller, name, media_type, seconds)
    try:
        return await whole(request, file)
    except BaseException:
        await run_in_threadpool(service.store.files.delete, caller.tenant, file.id)
        raise


async def keep(request: Request, caller: Caller, upload: Upload, media_type: str) -> File:
    """Keep what was received already as a file, such as a part of a form; raises like `receive`."""
    service = service_of(request)
    file = await run_in_threadpool(_begun, service, caller, upload.name, media_type, None)
    try:
        return await stored(service, file, upload, service.store.files.put)
    except BaseException:
        await run_in_threadpool(service.store.files.delete, caller.tenant, file.id)
        raise


def complete(service: Service, file: File, parts: Sequence[tuple[int, str]]) -> File:
    """Put the parts of an upload together. Blocks. Told twice, the second time changes nothing.

    Args:
        service: of the request.
        file: that they are parts of.
        parts: number and etag of each, in any order: clients that upload several at once tell them as they were done.
            An empty etag is not compared.

    Raises:
        InvalidOptionError: a part is named twice, or not there as told.
        LimitError: they take more room than there is.
    """
    there = {part.number: part for part in service.store.files.parts(file.id)}
    current = service.store.files.get(file.id)
    if current and current.key and not there:
        return current
    wanted = [_told(there, number, etag) for number, etag in sorted(parts)]
    if not wanted or len({part.number for part in wanted}) != len(wanted):
        raise InvalidOptionError("The parts cannot be put together", "there are none, or one is named twice")
    # into a file, since the store reads what it is given while it writes, and then it cannot be asked for parts
    with tempfile.TemporaryFile(dir=service.uploads, prefix="upload-") as joined:
        for part in wanted:
            for piece in service.blobs.chunks(part.key):
                joined.write(piece)
        joined.seek(0)
        return _registered(service, file, cast(BinaryIO, joined), service.store.files.put)


async def own(request: Request, url: str, *, cap: int | None = None) -> Part | None:
    """The file that a URL of ours names, read from where it lies; `None` if the URL is none of ours.

    Whoever calls closes `data`. The host is not looked at: nobody else has files with the ids of ours, and this server
    may have many names.

    Args:
        request: that the URL came with.
        url: any.
        cap: most bytes; by default what an input may have at all.

    Raises:
        UnreachableError: it is ours by its host, but there is no such file, or not any more.
        TooLargeError: it is beyond the cap.
    """
    try:
        split = urlsplit(url)
    except ValueError:
        return None
    if split.scheme not in ("http", "https") or not (match := _PATH.fullmatch(split.path)):
        return None
    service = service_of(request)
    file = await run_in_threadpool(service.store.files.get, match[1])
    if file is None or not file.key:
        if _is_host(request, split.netloc):
            raise UnreachableError("The file is not there", "it was not uploaded, or its time is over", "upload it")
        return None
    upload = Upload(service.uploads, cap or service.settings.upload_megabytes * 2**20)
    upload.name = file.name
    try:
        await _copied(service, file, upload)
    except BaseException:
        upload.close()
        raise
    return Part(file.name, upload)


async def _copied(service: Service, file: File, upload: Upload) -> None:
    try:
        pieces = await run_in_threadpool(service.blobs.chunks, file.key)
        while piece := await run_in_threadpool(next, pieces, b""):
            await upload.write(piece)
    except NotFoundError:
        raise UnreachableError("The file is not there", "its time is over", "upload it again") from None


def _is_host(request: Request, netloc: str) -> bool:
    public = urlsplit(service_of(request).settings.public_url).netloc
    return netloc.lower() in (request.headers.get("host", "").lower(), public.lower())


async def whole(request: Request, file: File) -> File:
    """Take the body of a request as all of a file that was begun; raises like `receive`."""
    service = service_of(request)
    check_length(request, file.cap)
    with Upload(service.uploads, file.cap) as upload:
        async for chunk in chunks(request):
            await upload.write(chunk)
        return await stored(service, file, upload, service.store.files.put)


async def stored(service: Service, file: File, upload: Upload, register: Callable[[str, Stored], T]) -> T:
    """Store what was received, and have it registered; raises what that raises, and then nothing is left of it."""

    def store() -> T:
        data = upload.finish()
        if isinstance(data, bytes):
            return _registered(service, file, data, register)
        with data.open("rb") as spooled:
            return _registered(service, file, spooled, register)

    return await to_thread.run_sync(store, limiter=service.slow)


def _registered(service: Service, file: File, data: bytes | BinaryIO, register: Callable[[str, Stored], T]) -> T:
    key = file_key(file.id)
    content = service.blobs.put(key, data)
    try:
        return register(file.id, Stored(key, content.size, content.sha256))
    except BaseException:
        service.blobs.delete([key])
        raise


def _told(there: dict[int, FilePart], number: int, etag: str) -> FilePart:
    part = there.get(number)
    if part is None or (etag and etag.strip('"') != etag_of(part.sha256).strip('"')):
        raise InvalidOptionError("The parts cannot be put together", f"part {number} is not there as told")
    return part


def etag_of(digest: str) -> str:
    """Of a file or part, by the sha256 of its bytes."""
    return f'"{digest[:32]}"'


def _begun(service: Service, caller: Caller, name: str, media_type: str, seconds: float | None) -> File:
    kept = service.settings.retention_hours * 3600
    seconds = kept if seconds is None else max(_LEAST_SECONDS, min(kept, seconds))
    name = clean(name)  # `.` and `..` would lead elsewhere in a URL
    bare = media_type.partition(";")[0].strip().lower()
    return service.store.files.begin(
        caller.tenant,
        name if name.strip(".") else "file",
        bare if _MEDIA_TYPE.fullmatch(bare) and len(bare) <= 127 else "application/octet-stream",
        cap=admission.cap(service, caller),
        seconds=seconds,
    )
