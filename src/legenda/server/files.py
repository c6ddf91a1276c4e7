"""Files that callers upload and name in jobs: PUT to signed URLs, whole or in parts, and served under unguessable ones.

Every dialect that has a storage of its own is a rendering of these.
"""

from __future__ import annotations

import hmac
import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from io import RawIOBase
from typing import TYPE_CHECKING, Annotated, BinaryIO, Protocol, TypeVar, cast
from urllib.parse import quote, urlsplit

from anyio import to_thread
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from legenda.errors import InvalidOptionError, NotFoundError, UnreachableError
from legenda.exports import EXPORTERS
from legenda.jobs.files import MOST_PARTS, File, FilePart, file_key
from legenda.jobs.record import Stored
from legenda.server import admission
from legenda.server.admission import Part
from legenda.server.api.results import download
from legenda.server.problems import ProblemError, missing
from legenda.server.service import Service, service_of
from legenda.server.uploads import Upload, check_length, chunks, file_name

if TYPE_CHECKING:
    from legenda.blobs import BlobStore
    from legenda.jobs.record import Job
    from legenda.server.auth import Caller

__all__ = [
    "Begun",
    "File",
    "begin",
    "begin_parts",
    "complete",
    "keep",
    "opened",
    "own",
    "part_url",
    "receive",
    "result_url",
    "router",
    "url_of",
]

T = TypeVar("T")

router = APIRouter(include_in_schema=False)

_UPLOAD_SECONDS = 6 * 3600.0  # for so long an upload URL can be used: 100 GB need that at 40 Mbit/s
_LEAST_SECONDS = 60.0
_PATH = re.compile(r"(?:/cdn)?/files/([0-9a-f]{32})/[^/]+")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_SHOWN = re.compile(r"image/(?!svg)[a-z0-9.+-]+|application/pdf|text/plain")
"""Media types that a browser may show; what is none of them is saved, since it might be a page with scripts."""


class Reached(Protocol):
    """How a caller reached the server (`legenda.server.dialects.doorway.Reached`)."""

    def base(self, role: str) -> str:
        """URL of a role without a slash at its end."""
        ...


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


class Complete(BaseModel):
    """What ends an upload in parts."""

    class Given(BaseModel):
        """A part as its PUT was answered."""

        partNumber: int = Field(ge=1, le=MOST_PARTS)
        etag: str = Field("", max_length=256)

    parts: list[Given] = Field(min_length=1, max_length=MOST_PARTS)


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
    url, until = url_of(reached, file), _until(file)
    return Begun(file, f"{url}?exp={until}&sig={_signature(service, 'put', file.id, until)}", url)


def begin_parts(
    service: Service, caller: Caller, reached: Reached, name: str, media_type: str, *, seconds: float | None = None
) -> Begun:
    """Begin an upload in parts; otherwise as `begin`."""
    file = _begun(service, caller, name, media_type, seconds)
    until = _until(file)
    upload = f"{until}-{_signature(service, 'parts', file.id, until)}"
    url = url_of(reached, file)
    return Begun(file, f"{url}/multipart/{upload}", url, upload)


def part_url(reached: Reached, file: File, upload_id: str, number: int) -> str:
    """Where a part of an upload is PUT."""
    return f"{url_of(reached, file)}/multipart/{quote(upload_id, safe='')}/{number}"


def url_of(reached: Reached, file: File) -> str:
    """Where a file is served."""
    return f"{reached.base('own')}/files/{file.id}/{quote(file.name, safe='')}"


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
        return await _whole(request, file)
    except BaseException:
        await run_in_threadpool(service.store.files.delete, caller.tenant, file.id)
        raise


async def keep(request: Request, caller: Caller, upload: Upload, media_type: str) -> File:
    """Keep what was received already as a file, such as a part of a form; raises like `receive`."""
    service = service_of(request)
    file = await run_in_threadpool(_begun, service, caller, upload.name, media_type, None)
    try:
        return await _stored(service, file, upload, service.store.files.put)
    except BaseException:
        await run_in_threadpool(service.store.files.delete, caller.tenant, file.id)
        raise


def complete(service: Service, file: File, parts: Sequence[tuple[int, str]]) -> File:
    """Put the parts of an upload together. Blocks. Told twice, the second time changes nothing.

    Args:
        service: of the request.
        file: that they are parts of.
        parts: number and etag of each, in ascending order; an empty etag is not compared.

    Raises:
        InvalidOptionError: parts are not in order, or not there as told.
        LimitError: they take more room than there is.
    """
    there = {part.number: part for part in service.store.files.parts(file.id)}
    current = service.store.files.get(file.id)
    if current and current.key and not there:
        return current
    wanted = [_told(there, number, etag) for number, etag in parts]
    if not wanted or sorted({part.number for part in wanted}) != [part.number for part in wanted]:
        raise InvalidOptionError("The parts cannot be put together", "their numbers do not ascend")
    joined = cast(BinaryIO, _Joined(service.blobs, [part.key for part in wanted]))
    return _registered(service, file, joined, service.store.files.put)


async def opened(service: Service, id: str, signature: str) -> File:
    """The file of an upload in parts, for those that take its parts' URLs or its end elsewhere (ModelRunner).

    Raises:
        ProblemError: 403, the upload's id is not one of ours, or too old; 404, there is no such file.
    """
    until, _, given = signature.partition("-")
    _check(service, "parts", id, until, given)
    return await _file(service, id)


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


@router.get("/files/{id}/{name}")
async def served(request: Request, id: str, name: str) -> Response:
    """The file, as it was uploaded."""
    service = service_of(request)
    file = await _file(service, id)
    etag = f'"{file.sha256}"'
    kind = "inline" if _SHOWN.fullmatch(file.media_type) else "attachment"
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(file.name, safe='')}",
    }
    if not file.key:
        raise missing("file")
    if etag in (part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    try:
        pieces = await run_in_threadpool(service.blobs.chunks, file.key)
    except NotFoundError:
        raise missing("file") from None
    return StreamingResponse(pieces, 200, headers | {"Content-Length": str(file.size)}, file.media_type)


@router.head("/files/{id}/{name}")
async def described(request: Request, id: str, name: str) -> Response:
    """What the file would be served with."""
    file = await _file(service_of(request), id)
    if not file.key:
        raise missing("file")
    headers = {"ETag": f'"{file.sha256}"', "Content-Length": str(file.size)}
    return Response(None, 200, headers, file.media_type)


@router.put("/files/{id}/{name}")
async def put(
    request: Request, id: str, name: str, exp: Annotated[str, Query()] = "", sig: Annotated[str, Query()] = ""
) -> Response:
    """Upload a file to the URL that was given out for it; no key is needed."""
    service = service_of(request)
    _check(service, "put", id, exp, sig)
    file = await _whole(request, await _file(service, id))
    return JSONResponse({"etag": _etag(file.sha256)}, headers={"ETag": _etag(file.sha256)})


@router.put("/files/{id}/{name}/multipart/{upload_id}/{number}")
async def put_part(request: Request, id: str, name: str, upload_id: str, number: str) -> Response:
    """Upload a part of a file."""
    service = service_of(request)
    file = await opened(service, id, upload_id)
    if not re.fullmatch(r"[0-9]{1,6}", number):
        raise ProblemError(400, "invalid_request", "Parts have numbers from 1.")

    def register(id: str, stored: Stored) -> Stored:
        service.store.files.put_part(id, int(number), stored)
        return stored

    check_length(request, file.cap)
    with Upload(service.uploads, file.cap) as upload:
        async for chunk in chunks(request):
            await upload.write(chunk)
        stored = await _stored(service, file, upload, register)
    etag = _etag(stored.sha256)
    return JSONResponse({"partNumber": int(number), "etag": etag}, headers={"ETag": etag})


@router.post("/files/{id}/{name}/multipart/{upload_id}/complete")
async def put_together(request: Request, id: str, name: str, upload_id: str, body: Complete) -> Response:
    """Make one file of its parts."""
    service = service_of(request)
    file = await opened(service, id, upload_id)
    parts = [(part.partNumber, part.etag) for part in body.parts]
    file = await to_thread.run_sync(complete, service, file, parts, limiter=service.slow)
    return JSONResponse({"etag": _etag(file.sha256)}, headers={"ETag": _etag(file.sha256)})


def result_url(service: Service, reached: Reached, job: Job, format: str, *, seconds: float = 3600.0) -> str:
    """Where a result of a job can be downloaded by whoever knows the URL, for so many seconds and while it is kept."""
    until = int(min(job.expires or math.inf, time.time() + seconds))
    stem = job.request.source.name.rpartition(".")[0] or job.request.source.name or "result"
    name = quote(stem + EXPORTERS[format].suffix, safe="")
    sig = _signature(service, f"result-{format}", job.id, until)
    return f"{reached.base('own')}/files/results/{job.id}/{format}/{name}?exp={until}&sig={sig}"


@router.get("/files/results/{id}/{format}/{name}")
async def result(
    request: Request,
    id: str,
    format: str,
    name: str,
    exp: Annotated[str, Query()] = "",
    sig: Annotated[str, Query()] = "",
) -> Response:
    """A result of a job, by a URL that was given out for it; no key is needed."""
    service = service_of(request)
    _check(service, f"result-{format}", id, exp, sig)
    job = await run_in_threadpool(service.store.job, id)
    if job is None:
        raise missing("file")
    return await download(request, job, format)


def _begun(service: Service, caller: Caller, name: str, media_type: str, seconds: float | None) -> File:
    kept = service.settings.retention_hours * 3600
    seconds = kept if seconds is None else max(_LEAST_SECONDS, min(kept, seconds))
    bare = media_type.partition(";")[0].strip().lower()
    return service.store.files.begin(
        caller.tenant,
        file_name(name) or "file",
        bare if _MEDIA_TYPE.fullmatch(bare) and len(bare) <= 127 else "application/octet-stream",
        cap=admission.cap(service, caller),
        seconds=seconds,
    )


async def _whole(request: Request, file: File) -> File:
    service = service_of(request)
    check_length(request, file.cap)
    with Upload(service.uploads, file.cap) as upload:
        async for chunk in chunks(request):
            await upload.write(chunk)
        return await _stored(service, file, upload, service.store.files.put)


async def _stored(service: Service, file: File, upload: Upload, register: Callable[[str, Stored], T]) -> T:
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
    if part is None or (etag and etag.strip('"') != _etag(part.sha256).strip('"')):
        raise InvalidOptionError("The parts cannot be put together", f"part {number} is not there as told")
    return part


async def _file(service: Service, id: str) -> File:
    file = await run_in_threadpool(service.store.files.get, id)
    if file is None:
        raise missing("file")
    return file


def _until(file: File) -> int:
    return int(min(file.expires, file.created + _UPLOAD_SECONDS))


def _check(service: Service, what: str, id: str, until: str, given: str) -> None:
    if not re.fullmatch(r"[0-9]{1,12}", until) or int(until) < time.time():
        raise ProblemError(403, "forbidden", "The time of this URL is over; ask for another.")
    if not hmac.compare_digest(_signature(service, what, id, int(until)).encode(), given.encode()):
        raise ProblemError(403, "forbidden", "This is not a URL that was given out here.")


def _signature(service: Service, what: str, id: str, until: int) -> str:
    text = f"{what} {id} {until}".encode()
    return hmac.digest(service.seal.derived("files"), text, sha256).hex()[:32]


def _etag(digest: str) -> str:
    return f'"{digest[:32]}"'


class _Joined(RawIOBase):
    """Blobs one after the other, as a file to be read."""

    def __init__(self, blobs: BlobStore, keys: Iterable[str]) -> None:
        self._pieces: Iterator[bytes] = (piece for key in keys for piece in blobs.chunks(key))
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """At most so many bytes; none at the end."""
        if not self._rest:
            self._rest = next(self._pieces, b"")
        size = len(self._rest) if size < 0 else size
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken
