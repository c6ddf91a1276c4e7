"""Uploads of the Python client, whole and in parts; what it is told of their end."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import fal_client
import httpx2
import pytest
from fal_client import SyncClient
from fal_client.client import StorageSettings
from PIL import Image
from serving import Serving

APP = "fal-ai/got-ocr/v2"
TEXT = "Dear Ms Lindqvist\nthe lamps left our workshop"
LARGE = 101 * 2**20

pytestmark = pytest.mark.filterwarnings(
    "ignore:unclosed:ResourceWarning"
)  # the client closes none of those it uploads by


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """What the client leaves open is gone before the next test."""
    yield
    gc.collect()


@pytest.mark.parametrize("repository", ["fal_v3", "fal"])
def test_a_file_is_uploaded_and_read(client: SyncClient, letter: bytes, tmp_path: Path, repository: str) -> None:
    path = tmp_path / "the letter.png"
    path.write_bytes(letter)
    url = client.upload_file(path, repository=repository)
    assert url.endswith("/the%20letter.png")
    served = httpx2.get(url)
    assert served.content == letter and served.headers["content-type"] == "image/png"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert client.run(APP, {"input_image_urls": [url]}) == {"outputs": [TEXT]}


def test_a_large_file_comes_in_parts(client: SyncClient, letter: bytes, tmp_path: Path, server: Serving) -> None:
    path = tmp_path / "big.png"
    with path.open("wb") as file:  # what follows the end of a PNG counts for nothing
        file.write(letter)
        file.truncate(LARGE)
    url = client.upload_file(path)
    assert int(httpx2.head(url).headers["content-length"]) == LARGE
    assert httpx2.get(url, headers={"Accept-Encoding": "identity"}).content.startswith(letter)
    assert client.run(APP, {"input_image_urls": [url]}) == {"outputs": [TEXT]}


def test_lifecycles_and_pages_with_scripts(client: SyncClient) -> None:
    url = client.upload("<p>", "text/html", "x.html", lifecycle=StorageSettings(expires_in="1h"))
    assert httpx2.get(url).headers["content-disposition"].startswith("attachment")


def test_the_token_is_good_for_uploads_alone(server: Serving) -> None:
    told = httpx2.post(f"{server.url}/rest/storage/auth/token?storage_type=fal-cdn-v3", json={}).json()
    assert told["token_type"] == "Bearer" and told["base_url"] == f"{server.url}/cdn"
    assert told["expires_at"].endswith("+00:00") and told["token"].count(".") == 2
    refused = httpx2.get(f"{server.url}/run/{APP}/realtime?fal_jwt_token={told['token']}")
    assert refused.status_code == 405 or refused.status_code == 404
    address = urlsplit(told["base_url"])
    assert address.path == "/cdn"


def test_names_beyond_ascii_fall_back_to_the_other_way(client: SyncClient, letter: bytes) -> None:
    assert client.upload(letter, "image/png", "a b ü.png").endswith("/a%20b%20%C3%BC.png")


def test_images_are_uploaded(client: SyncClient, letter: bytes, tmp_path: Path) -> None:
    path = tmp_path / "letter.png"
    path.write_bytes(letter)
    url = client.upload_image(Image.open(path), "png")
    assert client.run(APP, {"input_image_urls": [url]}) == {"outputs": [TEXT]}


async def _uploaded(data: bytes) -> str:
    client = fal_client.AsyncClient(key="id:secret")
    url = await client.upload(data, "application/octet-stream", "big.bin")
    await (await client._client).aclose()
    return url


def test_a_large_file_without_waiting(redirected: None) -> None:
    url = asyncio.run(_uploaded(b"x" * LARGE))
    assert int(httpx2.head(url).headers["content-length"]) == LARGE
