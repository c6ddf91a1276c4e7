"""@fal-ai/client 1.10.1, which is the newest, under Node, unmodified; by `proxyUrl` where nothing else is said."""

from __future__ import annotations

import contextlib
import io
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import fal_client
import httpx2
import pytest
from peers import Peer, ok, peer
from PIL import Image
from serving import Serving
from written import written

TEXT = "Dear Ms Lindqvist\nthe lamps left our workshop"
Node = Callable[..., Any]


@pytest.fixture
def hook() -> Iterator[Peer]:
    with peer(ok(b"")) as found:
        yield found


def test_run_and_queue(node: Node, letter_uri: str, hook: Peer) -> None:
    shown = node(
        """
        const input = { input_image_urls: [given.image, given.image] };
        const run = await fal.run(app, { input, startTimeout: 30 });
        show(run.data); show(run.requestId);
        show((await fal.run(app, { input: { ...input, multi_page: true } })).data.outputs.length);
        const sent = await fal.queue.submit(app, { input, priority: "low", hint: "h", startTimeout: 20,
          storageSettings: { expiresIn: "1h" }, webhookUrl: given.hook });
        show(sent);
        const done = await fal.queue.subscribeToStatus(app, { requestId: sent.request_id, logs: true });
        show(done.status); show(Array.isArray(done.logs)); show(done.metrics.inference_time > 0);
        const result = await fal.queue.result(app, { requestId: sent.request_id });
        show(result.data); show(result.requestId === sent.request_id);
        const updates = [];
        const whole = await fal.subscribe(app, { input, logs: true, onQueueUpdate: (u) => updates.push(u.status) });
        show(whole.data); show(whole.requestId.length); show(updates.at(-1));
        """,
        image=letter_uri,
        hook=hook.url("/hook?x=1&y=2"),
    )
    assert hook.requests[0].line.startswith("POST /hook?x=1&y=2 ")
    both = {"outputs": [TEXT, TEXT]}
    assert shown[0] == both and len(shown[1]) == 36 and shown[2] == 1
    sent = shown[3]
    # proxied requests have links to where their clients believe to be
    assert sent["status_url"] == f"https://queue.fal.run/fal-ai/got-ocr/requests/{sent['request_id']}/status"
    assert isinstance(sent["queue_position"], int)
    assert shown[4:] == ["COMPLETED", True, True, both, True, both, 36, "COMPLETED"]


def test_streams(node: Node, pages: Callable[[int], bytes]) -> None:
    shown = node(
        """
        const input = { input_image_urls: [given.image] };
        const stream = await fal.stream(app, { input });
        const seen = [];
        for await (const event of stream) seen.push(event);
        show(seen.slice(0, -1).map((event) => [event.page, event.pages, event.partial]));
        show((await stream.done()).outputs.length);
        const statuses = [], messages = [];
        const result = await fal.subscribe(app, { input: { input_image_urls: [given.other] }, logs: true,
          mode: "streaming",
          onQueueUpdate: (u) => { statuses.push(u.status); messages.push((u.logs || []).length); } });
        show(result.data.outputs.length); show(statuses); show(messages.at(-1));
        show((await failing(async () => {
          const broken = await fal.stream(app, { input: { input_image_urls: ["data:;base64,AAECAwQFBgcICQ=="] } });
          await broken.done();
        })).status);
        """,
        image=fal_client.encode(pages(3), "image/tiff"),
        other=fal_client.encode(pages(3), "image/tiff"),
    )
    assert shown[0] == [[n, 3, True] for n in (1, 2, 3)] and shown[1] == shown[2] == 3
    assert set(shown[3]) <= {"IN_QUEUE", "IN_PROGRESS", "COMPLETED"} and shown[3][-1] == "COMPLETED"
    assert shown[4] == 6  # each line once: fetching, reading, three pages, done
    assert shown[5] == 422


def test_cancel_and_errors(node: Node, pages: Callable[[int], bytes]) -> None:
    shown = node(
        """
        const sent = await fal.queue.submit(app, { input: { input_image_urls: [given.image] } });
        let error = await failing(() => fal.queue.result(app, { requestId: sent.request_id }));
        show([error.status, error.body.detail]);
        await fal.queue.cancel(app, { requestId: sent.request_id });
        error = await failing(() => fal.queue.result(app, { requestId: sent.request_id }));
        show([error.status, error.body, error.requestId === sent.request_id]);
        error = await failing(() => fal.run(app, { input: { input_image_urls: ["data:;base64,AAECAwQFBgcICQ=="] } }));
        show([error instanceof ValidationError, error.getFieldErrors(0)[0].type, error.requestId.length]);
        error = await failing(() => fal.run(app, { input: { do_format: "maybe" } }));
        show([error.fieldErrors[0].loc, error.getFieldErrors("do_format").length]);
        error = await failing(() => fal.run("fal-ai/other", { input: {} }));
        show([error.status, error.body.detail, error.requestId.length]);
        error = await failing(() => fal.queue.status(app, { requestId: "nope" }));
        show([error.status, error.body.detail]);
        error = await failing(() => fal.subscribe(app, { input: { input_image_urls: [given.image] }, timeout: 10 }));
        show(error.message.includes("timed out"));
        """,
        image=fal_client.encode(pages(20), "image/tiff"),
    )
    assert shown == [
        [400, "Request is still in progress"],
        [499, {"detail": "Request was cancelled", "error_type": "client_cancelled"}, True],
        [True, "unsupported_image_format", 36],
        [["body", "do_format"], 1],
        [404, "Application 'fal-ai/other' not found", 36],
        [404, "Request not found"],
        True,
    ]


def test_a_run_that_is_not_begun_in_time_is_not_asked_for_again(
    node: Node, server: Serving, pages: Callable[[int], bytes], letter_uri: str
) -> None:
    busy = httpx2.post(
        f"{server.url}/queue/fal-ai/got-ocr/v2",
        json={"input_image_urls": [fal_client.encode(pages(120), "image/tiff")]},
    ).json()
    while "page 1/120" not in httpx2.get(busy["status_url"], params={"logs": "1"}).text:
        pass
    shown = node(
        """
        const input = { input_image_urls: [given.image] };
        const error = await failing(() => fal.subscribe(app, { input, priority: "low", startTimeout: 1.1 }));
        show([error.status, error.isUserTimeout, error.body.error_type]);
        """,
        image=letter_uri,
    )
    httpx2.put(busy["cancel_url"])
    assert shown == [[504, True, "request_timeout"]]


def test_uploads(node: Node, letter: bytes) -> None:
    shown = node(
        """
        const bytes = Uint8Array.from(atob(given.letter), (c) => c.charCodeAt(0));
        const blob = new Blob([bytes], { type: "image/png" });
        const named = new File([bytes], "a b ü.png", { type: "image/png" });
        const url = await fal.storage.upload(named, { lifecycle: { expiresIn: "1h" } });
        show(url); show((await fal.run(app, { input: { input_image_urls: [url] } })).data);
        show((await fal.run(app, { input: { input_image_urls: [blob, named] } })).data);
        const large = new Blob([bytes, new Uint8Array(91 * 2 ** 20)], { type: "image/png" });
        const split = await fal.storage.upload(large);
        show((await fal.run(app, { input: { input_image_urls: [split] } })).data);
        show((await (await fetch(split)).arrayBuffer()).byteLength === large.size);
        """,
        letter=fal_client.encode(letter, "image/png").partition(",")[2],
    )
    assert shown[0].startswith("http://127.0.0.1:") and shown[0].endswith("/a%20b%20%C3%BC.png")
    assert shown[1:] == [{"outputs": [TEXT]}, {"outputs": [TEXT, TEXT]}, {"outputs": [TEXT]}, True]


def test_realtime_and_tokens(node: Node, letter_uri: str) -> None:
    """The client's host is a constant, so that it takes a socket of ours to lead it here."""
    shown = node(
        """
        const Socket = globalThis.WebSocket;
        globalThis.WebSocket = class extends Socket {
          constructor(url, ...rest) { super(url.replace("wss://fal.run", base.replace("http", "ws")), ...rest); }
        };
        const heard = await new Promise((resolve, reject) => {
          const connection = fal.realtime.connect(app, { connectionKey: "k", throttleInterval: 0,
            onResult: (result) => { resolve(result); connection.close(); }, onError: reject });
          connection.send({ input_image_urls: [given.image] });
        });
        show(heard.outputs);
        const token = async () => {
          const headers = { authorization: "Key k", "content-type": "application/json" };
          const body = JSON.stringify({ allowed_apps: ["got-ocr"], token_expiration: 120 });
          return (await fetch(base + "/rest/tokens/", { method: "POST", headers, body })).json();
        };
        const asked = [];
        const client = createFalClient({ credentials: "k", fetch: (url, options) => {
          asked.push([url.split("?")[0], Object.keys(options.headers).includes("authorization")]);
          return fetch(url.replace("https://fal.run", base + "/run"), options);
        } });
        const input = { input_image_urls: [given.image] };
        const direct = await client.stream(app, { input, connectionMode: "client", tokenProvider: token });
        show((await direct.done()).outputs); show(asked);
        """,
        "--experimental-websocket",
        image=letter_uri,
    )
    assert shown == [[TEXT], [TEXT], [["https://fal.run/fal-ai/got-ocr/v2/stream", False]]]


def test_by_a_middleware(node: Node, letter_uri: str) -> None:
    shown = node(
        """
        const client = createFalClient({ credentials: "k", requestMiddleware: async (request) => ({ ...request,
          url: request.url.replace("https://queue.fal.run", base + "/queue").replace("https://fal.run", base + "/run")
            .replace("https://rest.fal.ai", base + "/rest") }) });
        const input = { input_image_urls: [given.image] };
        show((await client.subscribe(app, { input })).data);
        const sent = await client.queue.submit(app, { input });
        show(sent.response_url === `${base}/queue/fal-ai/got-ocr/requests/${sent.request_id}`);
        """,
        image=letter_uri,
    )
    assert shown == [{"outputs": [TEXT]}, True]


@contextlib.contextmanager
def dripping(url: str) -> Iterator[str]:
    """A way to a server that passes on what it answers byte by byte."""
    address = urlsplit(url)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with socket.create_connection((address.hostname or "", address.port or 0)) as server:
                upstream = threading.Thread(target=self._pass_on, args=(server,), daemon=True)
                upstream.start()
                self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with contextlib.suppress(OSError):
                    while data := server.recv(65536):
                        for place in range(len(data)):
                            self.request.sendall(data[place : place + 1])

        def _pass_on(self, server: socket.socket) -> None:
            with contextlib.suppress(OSError):
                while data := self.request.recv(65536):
                    server.sendall(data)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as way:
        thread = threading.Thread(target=way.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{way.server_address[1]}"
        finally:
            way.shutdown()
            thread.join()


@pytest.fixture
def chinese() -> str:
    out = io.BytesIO()
    Image.fromarray(written("你好世界", "今天天气很好", name="NotoSansCJK-Regular.ttc", size=40)).save(out, "PNG")
    return fal_client.encode(out.getvalue(), "image/png")


def test_no_character_is_cut(node: Node, server: Serving, chinese: str) -> None:
    with dripping(server.url) as base:
        shown = node(
            """
            const stream = await fal.stream(app, { input: { input_image_urls: [given.image] } });
            show((await stream.done()).outputs[0]);
            """,
            base=base,
            image=chinese,
        )
    assert "你好世界" in shown[0] and "\ufffd" not in shown[0]
    answer = httpx2.post(f"{server.url}/run/fal-ai/got-ocr/v2/stream", json={"input_image_urls": [chinese]})
    assert answer.content.isascii() and answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-cache" and answer.headers["x-accel-buffering"] == "no"
