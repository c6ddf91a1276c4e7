"""Polls that are answered with what was said before: never of another job, to another caller, or past a change."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from serving import Serving


def told(server: Serving, url: str, times: int = 5, **headers: str) -> list[tuple[int, bytes]]:
    answers = [server.client.get(url, headers=headers) for _ in range(times)]
    return [(answer.status_code, answer.content) for answer in answers]


def test_the_same_is_said_until_something_happens(server, book):
    answer = server.client.post("/v1/jobs", files={"file": ("b.pdf", book)}, headers={"Prefer": "wait=0"})
    url = f"/v1/jobs/{answer.json()['id']}"
    before = server.client.get(url)
    assert before.status_code == 200 and before.headers["x-content-type-options"] == "nosniff"
    server.settled(answer.json()["id"])
    assert len(set(told(server, url))) == 1
    assert server.client.get(url).json()["state"] == "done"


def test_what_is_deleted_is_gone_at_once(server, letter):
    answer = server.client.post("/v1/jobs", files={"file": ("a.png", letter)})
    url = f"/v1/jobs/{answer.json()['id']}"
    assert {status for status, _ in told(server, url)} == {200}
    assert server.client.delete(url).status_code == 204
    assert {status for status, _ in told(server, url)} == {404}


def test_what_is_cancelled_is_said_to_be(server, book):
    answer = server.client.post("/v1/jobs", files={"file": ("c.pdf", book)}, headers={"Prefer": "wait=0"})
    url = f"/v1/jobs/{answer.json()['id']}"
    told(server, url)
    stopped = server.client.post(f"{url}/cancel").json()["state"]
    assert server.client.get(url).json()["state"] == stopped


def test_a_web_page_is_not_told_what_a_program_was(server, letter):
    answer = server.client.post("/v1/jobs", files={"file": ("d.png", letter)})
    url = f"/v1/jobs/{answer.json()['id']}"
    assert {status for status, _ in told(server, url)} == {200}
    assert {status for status, _ in told(server, url, Origin="https://elsewhere.example")} == {403}
    assert {status for status, _ in told(server, url, Host="elsewhere.example")} == {403}
    assert {status for status, _ in told(server, url)} == {200}


def test_who_waits_is_told_when_it_is_over(server, book):
    answer = server.client.post("/v1/jobs", files={"file": ("e.pdf", book)}, headers={"Prefer": "wait=0"})
    url = f"/v1/jobs/{answer.json()['id']}"
    assert server.client.get(url, headers={"Prefer": "wait=50"}).json()["state"] == "done"
    assert server.client.get("/v1/jobs/" + "0" * 32, headers={"Prefer": "wait=50"}).status_code == 404


def test_who_waits_for_what_is_deleted_is_told(server, book):
    answer = server.client.post("/v1/jobs", files={"file": ("f.pdf", book)}, headers={"Prefer": "wait=0"})
    url = f"/v1/jobs/{answer.json()['id']}"
    with ThreadPoolExecutor(1) as waiting:
        waiter = waiting.submit(server.client.get, url, headers={"Prefer": "wait=50"})
        assert server.client.delete(url).status_code == 204
        assert waiter.result().status_code == 404 or waiter.result().json()["state"] == "done"
