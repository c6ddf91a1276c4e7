"""The page lies in the package as it was built of `web/`: whoever changes that runs `make page`."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from legenda.server.page import sources

ROOT = Path(__file__).parents[3]
WEB, BUILT = ROOT / "web", ROOT / "src" / "legenda" / "server" / "static"


def test_the_page_is_built_of_what_is_there() -> None:
    known = ["index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"]
    files = [WEB / name for name in known] + [path for path in (WEB / "src").rglob("*") if path.is_file()]
    now = {path.relative_to(WEB).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    assert sources() == now, "the page is not that of web/: make page"


def test_every_file_is_used() -> None:
    text = "".join(path.read_text() for path in BUILT.rglob("*") if path.suffix in (".html", ".js", ".css"))
    for path in (BUILT / "assets").iterdir():
        assert path.suffix == ".txt" or path.name in text, path


def test_nothing_is_asked_of_other_hosts() -> None:
    html = (BUILT / "index.html").read_text()
    assert not re.search(r"(?:src|href)=\"(?!/assets/)", html) and "<style" not in html
    for path in (BUILT / "assets").glob("*.css"):
        assert not re.search(r"url\((?!/assets/|\./|[A-Za-z])|@import|url\(https?:", path.read_text()), path


def test_dependencies_are_pinned_and_named() -> None:
    package = json.loads((WEB / "package.json").read_text())
    notice = (ROOT / "NOTICE").read_text()
    for group in ("dependencies", "devDependencies"):
        for name, version in package[group].items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), name
            assert group == "devDependencies" or re.search(rf"(?i){re.escape(name.removesuffix('-dom'))}", notice), name
