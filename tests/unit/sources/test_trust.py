from __future__ import annotations

import random
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from legenda.sources.trust import judge

EVALDATA = Path(__file__).parents[4] / "shared" / "evaldata"

HONEST = {
    "English": "The quick brown fox jumps over the lazy dog while everybody else watches the strange spectacle from "
    "behind the wooden fence of an abandoned farmhouse near the river. Nothing further happened that afternoon, "
    "although several people claimed otherwise when they were questioned about their whereabouts by local police.",
    "German": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen "
    "begabt und sollen einander im Geiste der Brüderlichkeit begegnen. Jeder hat Anspruch auf alle in dieser "
    "Erklärung verkündeten Rechte und Freiheiten, ohne irgendeinen Unterschied, Rechtsschutz, Herbst, Angst.",
    "Polish": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni "
    "rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa. Chrząszcz brzmi w trzcinie, wstrząs, "
    "przestrzeń, bezwzględny, szczęście, mężczyzna, bezpieczeństwo, państwo, wszechświat, źdźbło, wskrzesić.",
    "Serbian": "Сва људска бића рађају се слободна и једнака у достојанству и правима. Она су обдарена разумом и "
    "свешћу и треба једни према другима да поступају у духу братства. Црква, врх, трг, смрт, крв, прст, врт, "
    "стварност, друштво, поглавље, председник, повереништво, законодавство, одлука, члан, став, држава, правда.",
    "Vietnamese": "Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền lợi. Mọi con người đều "
    "được tạo hóa ban cho lý trí và lương tâm và cần phải đối xử với nhau trong tình bằng hữu. Nghiêng, phương.",
    "code": 'for (int i = 0; i < 10; ++i) { printf("%d\\n", arr[i] * 2 + (x & 0xff)); } struct sk_buff *skb; '
    "if (!ptr || strncmp(str, tmp, sizeof(buf)) != 0) return NULL; std::vector<std::string> names; self.args\n" * 4,
    "numbers": "1,234.56 7.89% (3,456) 12/31/2024 $45,678 -0.01 3.14159 2.71828 +49 30 1234567 EUR 99,00\n" * 9,
    "abbreviations": "HTML HTTP SMTP DHCP RSTP MPLS GPRS LTE NTP BGP OSPF VLAN LDAP SNMP XFMR WSHR GSKT BRKT\n" * 9,
    "chemistry": "Met Ala Gly Ser Thr Cys Val Leu Ile Pro Phe Tyr Trp Asp Glu Asn Gln His Lys Arg NaCl H2SO4\n" * 9,
    "contents": "Introduction ........................ 1\nMethods .............................. 12\n" * 9,
    "Chinese": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。" * 3,
    "rule": "_" * 300,
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_text_is_trusted(name):
    assert judge(HONEST[name], 0).trusted
    assert name == "code" or not judge(HONEST[name], 0).reason


@pytest.mark.parametrize(
    ("text", "dropped", "reason"),
    [
        ("(cid:12)(cid:7)(cid:33) (cid:5)", 0, "cid"),
        ("\ue001\ue002\ue003 \ue004 ab", 0, "which characters"),
        ("\ufffd\ufffd\ufffd word", 0, "which characters"),
        ("abc def", 40, "which characters"),
        ("", 5, "nothing"),
        ("IIIIII IIIII III IIIIIIIIIIIII I IIIIIIIIIII IIIIII IIIIIII", 0, "same letter"),
        ("!#$%& &%$#@ *+<=> ?[\\] ^_`{| }~!#$ %&*+< =>?@[ \\]^_` {|}~! #$%&* +<=>?", 0, "signs"),
        (HONEST["Serbian"].encode("cp1251", "replace").decode("latin-1"), 0, "encoding"),
    ],
)
def test_garbage_is_not(text, dropped, reason):
    verdict = judge(text, dropped)
    assert not verdict.trusted and reason in verdict.reason


def shuffled(text: str, seed: int) -> str:
    letters = list(string.ascii_lowercase)
    random.Random(seed).shuffle(letters)
    return text.lower().translate(dict(zip(map(ord, string.ascii_lowercase), letters, strict=True)))


def test_most_shuffled_alphabets_are_noticed():
    verdicts = [judge(shuffled(HONEST["English"], seed), 0) for seed in range(200)]
    assert sum(bool(v.reason) for v in verdicts) > 170
    assert sum(not v.trusted for v in verdicts) > 110


def test_alphabets_shifted_as_bad_fonts_do():
    lower = string.ascii_lowercase
    table = {k: str.maketrans(lower, lower[k:] + lower[:k]) for k in range(1, 26)}
    noticed = [bool(judge(HONEST["English"].lower().translate(table[k]), 0).reason) for k in table]
    assert sum(noticed) >= 21


@pytest.mark.skipif(not EVALDATA.is_dir(), reason="no evaluation data here")
def test_no_false_alarm_on_real_texts():
    texts = {p.name: p.read_text("utf-8", "replace") for p in sorted(EVALDATA.glob("pages_lang/*.truth.txt"))}
    assert len(texts) > 50
    assert {name: v for name, t in texts.items() if (v := judge(t, 0)).reason} == {}


@given(st.text(), st.integers(0, 1000))
def test_any_text_has_a_verdict(text, dropped):
    verdict = judge(text, dropped)
    assert verdict.trusted or verdict.reason
