from __future__ import annotations

import threading
from typing import Any

import pytest
from peers import Resolver

from legenda.errors import OutboundError, TimedOutError, UnreachableError
from legenda.net.policy import check

PUBLIC = "93.184.215.14"
NAMES = {
    "files.example.org": [(PUBLIC, "2606:4700::6810:84e5")],
    "xn--bcher-kva.example": [(PUBLIC,)],
    "minio": [("10.1.2.3",)],
    "localhost": [("127.0.0.1",)],
    "loop.test": [("127.0.0.1",)],
    "mixed.test": [(PUBLIC, "192.168.0.1")],
    "mixed6.test": [(PUBLIC, "fd00::1")],
    "mapped.test": [("::ffff:127.0.0.1",)],
    "zone.test": [("fe80::1%1",)],
    "metadata.google.internal": [("169.254.169.254",)],
    "127.0.0.1.nip.test": [("127.0.0.1",)],
    "many.test": [tuple(f"93.184.215.{n}" for n in range(100))],
    "odd.test": [("not an address",)],
}

MALFORMED = [
    "",
    "example.org",
    "//example.org/",
    "ftp://files.example.org/",
    "file:///etc/passwd",
    "gopher://files.example.org/_x",
    "data:text/plain,hello",
    "javascript:alert(1)",
    "unix:///run/docker.sock",
    "http+unix://%2frun%2fdocker.sock/info",
    "jar:http://files.example.org!/",
    "http:/files.example.org/",
    "http:files.example.org",
    "http://",
    "http:///path",
    "http://?x=1",
    "http://#files.example.org",
    "http://user@files.example.org/",
    "http://user:password@files.example.org/",
    "http://files.example.org@127.0.0.1/",
    "http://files.example.org:80@127.0.0.1/",
    "http://127.0.0.1\\@files.example.org/",
    "http://files.example.org\\.internal/",
    "http://files.example.org /",
    " http://files.example.org/",
    "http://files.example.org/\r\nHost: 127.0.0.1",
    "http://files.example.org/a\tb",
    "http://files.example.org\x00.internal/",
    "http://files.example.org/\ud800",
    "http://files.example.org:0/",
    "http://files.example.org:65536/",
    "http://files.example.org:-80/",
    "http://files.example.org:８０/",
    "http://files.example.org:0x50/",
    "http://files.example.org:/",
    "http://files.example.org:80:80/",
    "http://files.example.org:22/",
    "http://files.example.org:25/",
    "http://files.example.org:6667/",
    "http://127%2e0%2e0%2e1/",
    "http://%6cocalhost/",
    "http://2130706433/",
    "http://0/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0177.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://0x/",
    "http://017700000001/",
    "http://127.0.0.01/",
    "http://127.0.0.256/",
    "http://1.2.3.4.5/",
    "http://0x7f.0x0.0x0.0x1/",
    "http://127.0.0.0x1/",
    "http://3232235777/",
    "http://134744072/",  # 8.8.8.8, but who would write so
    "http://127.0.0.1../",
    "http://files..example.org/",
    "http://.example.org/",
    "http://./",
    "http://-files.example.org/",
    "http://files-.example.org/",
    "http://" + "a" * 64 + ".example.org/",
    "http://" + "a." * 130 + "org/",
    "http://files.example.org/" + "a" * 8192,
    "http://[::1/",
    "http://::1/",
    "http://[::1]]/",
    "http://[::1]x/",
    "http://[fe80::1%25eth0]/",
    "http://[127.0.0.1]/",
    "http://[v1.x]/",
    "http://[]/",
    "http://files.example.org／../",
    "http://a＠127.0.0.1/",
    "http://b\u00adad!.example/",
    "http://" + "ｱ" * 300 + ".example/",
    "http://exa$mple.org/",
    "http://files.example.org,127.0.0.1/",
    "http://*.example.org/",
]

NOT_PUBLIC = [
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.255.255.254:8080/",
    "http://１２７.０.０.１/",
    "http://127。0。0。1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://ⓛocalhost/",
    "http://ＬＯＣＡＬＨＯＳＴ/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://loop.test/",
    "http://127.0.0.1.nip.test/",
    "http://minio/",
    "http://mixed.test/",
    "http://mixed6.test/",
    "http://mapped.test/",
    "http://zone.test/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://169.254.170.2/v2/credentials",
    "http://100.100.100.200/latest/meta-data/",
    "http://192.0.0.192/latest/",
    "http://168.63.129.16/machine",
    "http://0.0.0.0/",
    "http://0.1.2.3/",
    "http://10.0.0.1/",
    "http://100.64.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://239.255.255.250:1900/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:8.8.8.8]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::8.8.8.8]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[100::1]/",
    "http://[2001::1]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a00:1::1]/",
    "http://[2606:4700::5efe:10.0.0.1]/",
    "http://[3fff::1]/",
    "http://[5f00::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
]


def resolver() -> Resolver:
    return Resolver({name: list(answers) for name, answers in NAMES.items()})


@pytest.mark.parametrize("url", MALFORMED, ids=ascii)
def test_malformed_urls_are_refused_without_asking_a_resolver(url: str) -> None:
    asked = resolver()
    with pytest.raises(OutboundError) as refused:
        check(url, resolve=asked, allow=("0.0.0.0/0", "::/0"))
    assert asked.asked == []
    assert refused.value.code == "url_refused"
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("url", NOT_PUBLIC, ids=ascii)
def test_addresses_that_are_not_public_are_refused(url: str) -> None:
    with pytest.raises(OutboundError, match="not public"):
        check(url, resolve=resolver())


@pytest.mark.parametrize(
    ("url", "host", "port", "authority", "path"),
    [
        ("http://files.example.org", "files.example.org", 80, "files.example.org", "/"),
        ("HTTPS://Files.Example.org:443/a", "files.example.org", 443, "files.example.org", "/a"),
        ("http://files.example.org.:8080/?a=b#c", "files.example.org", 8080, "files.example.org:8080", "/?a=b"),
        ("https://files.example.org/é?ü", "files.example.org", 443, "files.example.org", "/%C3%A9?%C3%BC"),
        (
            "https://files.example.org/a%2Fb;c?X-Sig=%2B%3d&x=[1]",
            "files.example.org",
            443,
            "files.example.org",
            "/a%2Fb;c?X-Sig=%2B%3d&x=[1]",
        ),
        ("http://bücher.example/", "xn--bcher-kva.example", 80, "xn--bcher-kva.example", "/"),
        ("http://8.8.8.8/", "8.8.8.8", 80, "8.8.8.8", "/"),
        ("http://[2606:4700:0::1111]:81/", "2606:4700::1111", 81, "[2606:4700::1111]:81", "/"),
    ],
)
def test_public_urls_pass(url: str, host: str, port: int, authority: str, path: str) -> None:
    target = check(url, resolve=resolver())
    assert (target.host, target.port, target.authority, target.path) == (host, port, authority, path)


def test_a_target_keeps_all_checked_addresses_in_order_and_asks_once() -> None:
    asked = resolver()
    target = check("http://files.example.org/", resolve=asked)
    assert target.addresses == (PUBLIC, "2606:4700::6810:84e5")
    assert target.address == PUBLIC
    assert asked.asked == ["files.example.org"]


@pytest.mark.parametrize("url", ["http://nowhere.test/", "http://many.test/", "http://odd.test/"])
def test_names_without_usable_addresses(url: str) -> None:
    with pytest.raises(UnreachableError):
        check(url, resolve=resolver())


@pytest.mark.parametrize(
    ("url", "allow"),
    [
        ("http://minio/", "minio"),
        ("http://minio/", "10.0.0.0/8"),
        ("http://MINIO:9000/", " Minio. "),
        ("http://loop.test/", "127.0.0.1"),
        ("http://[::1]/", "::1"),
        ("http://[::1]/", "[::1]"),
        ("http://mixed.test/", "192.168.0.0/16"),
        ("http://mixed.test/", "192.168.0.7/16"),
    ],
)
def test_own_hosts_and_networks_are_allowed(url: str, allow: str) -> None:
    assert check(url, allow=("other.test", allow), resolve=resolver()).addresses


@pytest.mark.parametrize(
    ("url", "allow"),
    [
        ("http://loop.test/", "minio"),
        ("http://minio.evil.test/", "minio"),
        ("http://loop.test/", "127.0.0.2/32"),
        ("http://[::ffff:10.0.0.1]/", "10.0.0.0/8"),  # only what is written out is meant
        ("http://mixed6.test/", "192.168.0.0/16"),
        ("http://127.0.0.1/", "127.0.0.1:80"),
    ],
)
def test_only_they_are(url: str, allow: str) -> None:
    answers = resolver()
    answers.answers["minio.evil.test"] = [("10.0.0.9",)]
    with pytest.raises(OutboundError):
        check(url, allow=(allow,), resolve=answers)


def test_a_resolver_that_does_not_answer_is_not_waited_for() -> None:
    forever = threading.Event()

    def silent(*_: Any, **__: Any) -> list[tuple[Any, ...]]:
        forever.wait(20)
        return []

    with pytest.raises(TimedOutError):
        check("http://files.example.org/", resolve=silent, seconds=0.05)
    forever.set()


def test_messages_and_representations_keep_signatures() -> None:
    with pytest.raises(OutboundError) as refused:
        check("http://minio/bucket/file?X-Signature=secret", resolve=resolver())
    assert "secret" not in repr(refused.value)
    assert "bucket" not in repr(refused.value)
    assert "10.1.2.3" not in repr(refused.value)
    target = check("http://files.example.org/file?X-Signature=secret", resolve=resolver())
    assert "secret" not in repr(target)
    assert target.origin == "http://files.example.org"
