"""Agents, by the protocol's own client, over standard input and output."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pdf_maker import make_pdf, words

mcp = pytest.importorskip("mcp")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "letter.pdf").write_bytes(
        make_pdf(words("Write to ann@example.com soon."), words("Invoice total: 215.00 USD"))
    )
    (tmp_path.parent / "secret.pdf").write_bytes(make_pdf(words("secret")))
    return tmp_path


def with_agent(folder: Path, use: Callable[[Any], Awaitable[None]]) -> None:
    from mcp.client.stdio import stdio_client

    async def talk() -> None:
        command = mcp.StdioServerParameters(
            command=sys.executable, args=["-m", "legenda", "mcp", "--root", str(folder)]
        )
        async with stdio_client(command) as (read, write), mcp.ClientSession(read, write) as session:
            await session.initialize()
            await use(session)

    asyncio.run(talk())


def said(result: Any) -> Any:
    assert not result.is_error, result
    return result.structured_content


def test_an_agent_reads_asks_extracts_and_redacts(folder: Path) -> None:
    async def use(session: Any) -> None:
        names = {tool.name for tool in (await session.list_tools()).tools}
        assert names == {"read_document", "ask_document", "extract_values", "list_tools", "use_tool"}
        text = said(await session.call_tool("read_document", {"path": "letter.pdf", "format": "txt"}))["result"]
        assert "Invoice total: 215.00 USD" in text
        asked = {"path": "letter.pdf", "question": "What is the invoice total?"}
        answer = said(await session.call_tool("ask_document", asked))
        answer = answer.get("result", answer)
        assert answer["value"] == "215.00 USD" and answer["citations"][0]["page"] == 2
        schema = {"properties": {"total": {"type": "number"}}}
        found = said(await session.call_tool("extract_values", {"path": "letter.pdf", "schema": schema}))
        assert found.get("result", found)["value"] == {"total": 215.0}
        given = {"name": "redact", "path": "letter.pdf", "output": "red.pdf", "patterns": ["emails"]}
        assert "1 word taken out" in json.dumps(said(await session.call_tool("use_tool", given)))
        assert (folder / "red.pdf").read_bytes().startswith(b"%PDF")

    with_agent(folder, use)


def test_an_agent_gets_nothing_from_elsewhere(folder: Path) -> None:
    async def use(session: Any) -> None:
        for path in ("../secret.pdf", str(folder.parent / "secret.pdf"), "/etc/passwd"):
            result = await session.call_tool("read_document", {"path": path})
            assert result.is_error and "may not be touched" in result.content[0].text
        told = {"name": "redact", "path": "letter.pdf", "output": "letter.pdf", "patterns": ["emails"]}
        result = await session.call_tool("use_tool", told)
        assert result.is_error and "exists already" in result.content[0].text

    with_agent(folder, use)
