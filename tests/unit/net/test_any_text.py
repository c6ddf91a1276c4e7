"""Whatever the text: a typed refusal, or something that is safe."""

from __future__ import annotations

import unicodedata
from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st
from peers import Resolver

from legenda.errors import OutboundError, UnreachableError
from legenda.net.addresses import is_public
from legenda.net.names import clean, file_name
from legenda.net.policy import check

HOSTS = st.text(st.sampled_from("0127xaf.:[]%@/\\#?&-_ \t。１ⓛlocahst\u00ad"), max_size=24) | st.text(max_size=24)
URLS = st.builds(
    "{}{}{}".format, st.sampled_from(["http://", "https://", "HTTP:", "//", ""]), HOSTS, st.text(max_size=8)
)


@given(URLS)
def test_urls(url: str) -> None:
    loopback = Resolver({})
    try:
        target = check(url, resolve=loopback)
    except (OutboundError, UnreachableError):
        return
    assert all(is_public(ip_address(address)) for address in target.addresses)
    assert target.path.startswith("/") and target.path.isascii() and " " not in target.path


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_however_it_is_wrapped(address: object) -> None:
    packed = int(ip_address(str(address)))
    for prefix in ("::", "::ffff:", "::ffff:0:", "64:ff9b::", "64:ff9b:1::"):
        assert not is_public(ip_address(f"{prefix}{address}"))
    assert not is_public(ip_address((0x2002 << 112) | packed << 80))
    if is_public(ip_address(str(address))):
        assert ip_address(str(address)).is_global  # we refuse more than the standard library, never less


@given(st.ip_addresses(v=6))
def test_nothing_is_public_that_the_standard_library_calls_private(address: object) -> None:
    if is_public(ip_address(str(address))):
        assert ip_address(str(address)).is_global


@given(st.text(max_size=400), st.text(max_size=60))
def test_names(disposition: str, path: str) -> None:
    for name in (
        clean(disposition) or "document",
        file_name(f"attachment; filename={disposition}", f"http://h/{path}"),
    ):
        assert 0 < len(name.encode()) <= 200
        assert not set(name) & set('/\\<>:"|?*') and not name.startswith(".")
        assert all(unicodedata.category(c)[0] != "C" for c in name)
