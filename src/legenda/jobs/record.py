"""The record of a job: every dialect is a rendering of it, and nothing else is stored about one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from legenda.options import Color, Content, Effort, TextLayer

JobState = Literal["queued", "preparing", "running", "assembling", "done", "partial", "failed", "cancelled", "expired"]
PageState = Literal["queued", "running", "done", "failed", "cancelled"]
Stage = Literal["prepare", "read", "assemble"]
Cause = Literal["crash", "timed_out", "out_of_memory", "lost"]
"""Why a unit did not come back: its worker crashed, took too long, took too much memory, or is gone (`lost`)."""

DeliveryKind = Literal["webhook", "put"]
DeliveryEvent = Literal["queued", "started", "closed", "warning"]
DeliveryState = Literal["held", "waiting", "sending", "sent", "given_up"]

FINAL: frozenset[JobState] = frozenset(("done", "partial", "failed", "cancelled", "expired"))
STATES: tuple[JobState, ...] = get_args(JobState)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the pages are read; pages with the same input, number and these are the same result.

    Attributes: as in `legenda.options.ReadOptions`; `tier` is its `effort`.
    """

    tier: Effort = "balanced"
    engine: str = "auto"
    languages: tuple[str, ...] = ()
    text_layer: TextLayer = "auto"
    dpi: int = 200
    structure: bool = False
    box: tuple[float, float, float, float] | None = None
    color: Color | None = None
    content: Content = "auto"


@dataclass(frozen=True, slots=True)
class Input:
    """What is to be read; either there (`key`) or to be fetched (`url`).

    Attributes:
        name: file name, for people.
        key: of the blob, empty until it is fetched.
        sha256: of the bytes, hexadecimal; empty until they are there.
        size: bytes.
        url: where it comes from, if not uploaded. Sealed in the database: it may carry a signature.
        urls: of several inputs in one (a ZIP, `legenda.sources.archive_parts`), those still to be fetched, by their
            place (0-based). Sealed like `url`.
    """

    name: str
    key: str = ""
    sha256: str = ""
    size: int = 0
    url: str = field(default="", repr=False)
    urls: Mapping[int, str] = field(default_factory=dict, repr=False)

    @property
    def complete(self) -> bool:
        """Whether all of it is there."""
        return bool(self.key) and not self.urls


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A job as it is asked for; a dialect or a native route makes one.

    Attributes:
        tenant: whose it is; other tenants never learn that it exists.
        key_id: of the API key that asked, empty when anonymous.
        caller: address an anonymous caller is counted by, empty otherwise.
        plan: of the key.
        source: what is to be read.
        reading: how.
        pages: ranges such as `1-3,7,-1`; empty means all.
        formats: exports to make when the pages are read (`legenda.exports`); others are made when asked for.
        tool: preset by name, kept for the caller.
        password: opens the input. Sealed.
        metadata: the caller's own, given back as it came.
        webhook: URL told when the job is closed. Sealed.
        webhook_events: what it is told of (`queued`, `started`, `closed`).
        deliver: URL the results are PUT to (pre-signed). Sealed.
        deliver_headers: sent along with them. Sealed.
        priority: -10..10, larger first; the plan's is added.
        idempotency_key: the same one of the same tenant gives the same job.
        delete_input: as soon as the job is closed.
        pages_reserved: credits are reserved for so many pages until they are counted.
        dialect: which protocol asked, for its own rendering.
        told: what it needs for that, as JSON. Sealed, and kept as long as the job is.
        start_seconds: the job fails (`not_started`) if nobody has begun it by then.
        expires_seconds: how long results are kept, if that is less than usual.
    """

    tenant: str
    source: Input
    key_id: str = ""
    caller: str = ""
    plan: str = "default"
    reading: Reading = Reading()
    pages: str = ""
    formats: tuple[str, ...] = ()
    tool: str = ""
    password: str | None = field(default=None, repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    webhook: str = field(default="", repr=False)
    webhook_events: tuple[DeliveryEvent, ...] = ("closed",)
    deliver: str = field(default="", repr=False)
    deliver_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    priority: int = 0
    idempotency_key: str = ""
    delete_input: bool = False
    pages_reserved: int = 1
    dialect: str = ""
    told: Mapping[str, Any] = field(default_factory=dict, repr=False)
    start_seconds: float | None = None
    expires_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job or page failed: a stable code (`legenda.errors`) and what a person should know.

    Attributes:
        part: which of several inputs it was that could not be fetched (0-based).
    """

    code: str
    message: str
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One of several inputs: its name, its format (empty where it is none that can be read), its pages (1 then)."""

    name: str
    format: str
    pages: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A result in the blob store: `key`, its size in bytes, and the sha256 of its bytes."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands. Times are seconds since 1970, `None` before they happen.

    Attributes:
        id: 32 hexadecimal digits, not to be guessed.
        state: see `JobState`; `partial` is done with failed pages; `expired` keeps neither input nor text.
        request: as it was asked for; without secrets once the job is closed.
        format: of the input (`pdf`, `png`), once looked at.
        page_count: pages asked for, 0 until they are counted; `pages_done` and `pages_failed` of them are final.
        failure: why it failed.
        confidence: mean over the words (0..1), `None` without words.
        characters: read so far.
        language: found most often, BCP-47, or empty.
        charged: credits.
        results: finished exports by format.
        metadata: of the file (title, author).
        members: of an archive or of several inputs, in the order of their pages.
        expires: when input and results are deleted.
    """

    id: str
    state: JobState
    request: JobRequest
    created: float
    format: str = ""
    page_count: int = 0
    pages_done: int = 0
    pages_failed: int = 0
    started: float | None = None
    finished: float | None = None
    expires: float | None = None
    failure: Failure | None = None
    confidence: float | None = None
    characters: int = 0
    language: str = ""
    charged: int = 0
    results: Mapping[str, Stored] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    members: tuple[Member, ...] = ()

    @property
    def final(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in FINAL


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A page of a job as it stands.

    Attributes:
        number: 1-based, in the input.
        key: blob of the page as JSON (`legenda.document.page_to_dict`) once it is done.
        tries: how often it was begun alone after its unit was lost.
        words, confidence: number of words and the sum of their probabilities.
        seconds: CPU and waiting of the reader.
        failure: why it failed.
    """

    number: int
    state: PageState
    key: str = ""
    tries: int = 0
    engine: str = ""
    words: int = 0
    confidence: float = 0.0
    characters: int = 0
    language: str = ""
    seconds: float = 0.0
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What looking at an input told: its format, the pages asked for, the file's metadata, where it lies now, and what
    is in it if it is an archive.
    """  # noqa: D205

    format: str
    pages: tuple[int, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    source: Input | None = None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class PageDone:
    """A page was read (`key`), or could not be (`failure`)."""

    number: int
    key: str = ""
    engine: str = ""
    words: int = 0
    confidence: float = 0.0
    characters: int = 0
    language: str = ""
    seconds: float = 0.0
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Work taken from the queue under a lease.

    Attributes:
        stage: what to do with it.
        job: as it stood; with its secrets.
        pages: to be read, or (assemble) all of the job that are done.
        token: fences off whoever held the work before; every report must carry it.
        solo: the page is suspected of killing its worker, and runs alone.
        engine: to use instead of the one asked for, after the page's last solo try.
        keys: (assemble) blobs of the pages, in order.
        failures: (assemble) why the other pages could not be read, by number.
    """

    stage: Stage
    job: Job
    token: str
    pages: tuple[int, ...] = ()
    solo: bool = False
    engine: str = ""
    keys: tuple[str, ...] = ()
    failures: Mapping[int, Failure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a job: `state`, `page` or `progress`; numbered upwards over all jobs."""

    id: int
    job: str
    kind: str
    data: Mapping[str, Any]
    at: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message or result that must reach somebody: written with the job's last change, sent until it is taken.

    Attributes:
        kind: `webhook` (signed POST) or `put` (a result as bytes).
        body: of a webhook, as far as the job does not say it.
        format: of the result; empty where the dialect makes it.
        tries: attempts so far.
        key_id: whose secret signs it; empty when the job was anonymous.
        token: fences off whoever tried before.
        event: of the job: `queued`, `started`, `closed`; `warning` when a result could not be PUT.
        dialect: renders it; empty for the native form.
        headers: the caller's, for a `put`.
    """

    id: str
    job: str
    tenant: str
    kind: DeliveryKind
    url: str = field(repr=False)
    body: Mapping[str, Any] = field(default_factory=dict)
    format: str = ""
    tries: int = 0
    key_id: str = ""
    token: str = field(default="", repr=False)
    event: DeliveryEvent = "closed"
    dialect: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """What became of a delivery so far; times are seconds since 1970.

    Attributes:
        state: `held` waits for another one; `waiting` and `sending`; `sent` and `given_up` are final.
        tries: attempts so far.
        status: of the receiver's last answer, `None` before one.
        error: why the last attempt failed, for people.
        due: when it is tried next, while it waits.
        replayable: whether it can be sent again.
    """

    id: str
    job: str
    kind: DeliveryKind
    event: DeliveryEvent
    state: DeliveryState
    tries: int
    status: int | None
    error: str
    created: float
    due: float
    finished: float | None
    replayable: bool
