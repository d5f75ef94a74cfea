"""Decoding and repair: damaged text comes back, clean text comes out as it went in."""

import codecs

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fanthology.formats.decode import decode, repair

CLEAN = {
    "english": "“Don’t,” she said — and then… nothing. It cost €5, £4 or 10°.",
    "french": "« Ça y est ! » L’été, à Noël, où l’œuvre « volé » naît… LÀ-BAS, ÂGE, « Â » et « Ã »",
    "french spaces": "«\u00a0Volé\u00a0», dit-il\u00a0; «\u00a0Â\u00a0»",
    "spanish": "¿Qué? ¡Señor Ñúñez, sí! «Así…» caíd, itíno; MAÑANA… SEÑOR”",
    "portuguese": "São João, irmã, coração; MANHÃ” MAÇÃ… IRMÃ–GÊMEA, “ÓRFÃ”",
    "italian": "«Perché no?» “caffè…” libertà…” È così – già»",
    "german": "„Größe“, sagte Übermut; ÄÖÜß »ja« JÄ… „Ä“",
    "icelandic": "Það er „gott“ – Þórður, æði, ð",
    "swedish": "Å” och Ä… på ön; LÅ” »hej»",
    "norwegian": "Å… blåbærsyltetøy «Å»",
    "estonian": "Õhtu, öö, jäääär, šokolaad, žanr, ÄŽ – „õunad“",
    "polish": "Zażółć gęślą jaźń – „Łódź”",
    "czech": "Příliš žluťoučký kůň úpěl… mříž” píš… Úžasný íž…",
    "turkish": "İstanbul’da ığdır, şeker, ÇAĞRI",
    "romanian": "Ânger, în, țară, „ÎN”",
    "vietnamese": "Tiếng Việt rất đẹp, Ân, Đà",
    "greek": "Γειά σου, κόσμε· «ναι»",
    "russian": "Привет, мир! «Да» — нет…",
    "ukrainian": "Їжак і ґава",
    "japanese": "「こんにちは」…吾輩は猫である。",
    "chinese": "“你好,”他说……",
    "korean": "안녕하세요, “세계”",
    "hebrew": "שלום, “עולם” – כן",
    "arabic": "مرحبا بالعالم، «نعم»",
    "signs": "5×² Ø±0.1 é…² 10€ pâ…” 3×“ ™ ® © naïve½",
}


def damaged(text: str, times: int) -> str:
    """UTF-8 read as windows-1252, the five undefined bytes falling through to controls."""
    for _ in range(times):
        text = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode("utf-8"))
    return text


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN)
def test_clean_text_of_many_languages_is_left_alone(text: str) -> None:
    assert repair(text) == (text, ())
    assert decode(text.encode()).text == text


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN)
def test_damaged_text_comes_back(text: str, times: int) -> None:
    mended, findings = repair(damaged(text, times), where="title")
    assert mended == text
    assert [(f.code, f.severity, f.where) for f in findings] == [("encoding.repaired", "info", "title")]
    assert findings[0].count > 0
    assert findings[0].before != findings[0].after


ALPHABETS = (
    *("abcéèêëàâçùûôîïœ", "abcãõâêôáéíóúàç", "abcáéíóúñü", "abcáéíóúýšž", "abcáéíóúýðþæö"),
    *("abcäöüß", "abcåäöæøé", "abcäöõüšž", "abcâăîșț", "abcąćęłńóśźż", "абвгдежѐ", "αβγδέή"),
)
WORDS = st.sampled_from(ALPHABETS).flatmap(
    lambda alphabet: st.lists(
        st.text(alphabet, min_size=1, max_size=8).flatmap(
            lambda word: st.sampled_from([word, word.title(), word.upper()])
        ),
        min_size=1,
        max_size=12,
    )
)
ENDS = st.sampled_from([" ", ", ", "… ", "” ", " — ", " «", "» ", "\u00a0: ", "’ ", ". “"])


@given(WORDS, ENDS)
def test_law_clean_western_prose_is_a_fixpoint(words: list[str], end: str) -> None:
    text = end.join(words)
    assert repair(text)[0] == text


@given(st.text())
def test_law_repair_never_fails_and_settles(text: str) -> None:
    mended, _ = repair(text)
    assert repair(mended)[0] == mended or len(repair(mended)[0]) < len(text)


@given(st.binary(max_size=300), st.sampled_from([None, "", "utf-8", "latin-1", "hex", "no such", "shift_jis", "a\0b"]))
def test_law_no_bytes_stop_decoding(data: bytes, declared: str | None) -> None:
    assert isinstance(decode(data, declared=declared).text, str)


def test_only_the_damaged_part_of_a_line_changes() -> None:
    assert repair("« volé » et dâ€™Ã©tÃ©, l’été")[0] == "« volé » et d’été, l’été"
    assert repair("Ã‰tienne, Ã  la mer; café")[0].startswith("Étienne")
    assert repair("DÃ–NER; dâ€™ailleurs")[0] == "DÖNER; d’ailleurs"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("I donÕt ÒknowÓ. waitÉ aÑb", "I don’t “know”. wait… a—b"),
        ("I canít. ìHeyî, itís ó late", "I can’t. “Hey”, it’s — late"),
        ("donít, señor", "donít, señor"),
        ("it\x92s \x93so\x94", "it’s “so”"),
        ("it‚Äôs ΓÇ£soΓÇ¥", "it’s “so”"),
        ("é í Õ Ó", "é í Õ Ó"),
    ],
)
def test_other_wrong_charsets(before: str, after: str) -> None:
    assert repair(before)[0] == after


@pytest.mark.parametrize("text", ["don?t go", "Unicode: ????", "caf\ufffd", "he saidâ€ and"])
def test_what_is_gone_is_reported_and_not_guessed(text: str) -> None:
    mended, findings = repair(text, where="notes")
    assert mended == text
    assert [(f.code, f.severity, f.where) for f in findings] == [("encoding.lost", "loss", "notes")]


@pytest.mark.parametrize("text", ["What???", "Why? Because.", "Really?!"])
def test_questions_are_no_losses(text: str) -> None:
    assert repair(text) == (text, ())


@pytest.mark.parametrize(
    ("data", "declared", "text", "decoder"),
    [
        (codecs.BOM_UTF8 + "é".encode(), None, "é", "utf-8"),
        (codecs.BOM_UTF16_LE + "é".encode("utf-16-le"), None, "é", "utf-16-le"),
        ("日本".encode("iso-2022-jp"), None, "日本", "iso-2022-jp"),
        (b"caf\xe9 a\x1b$b", None, "café a\x1b$b", "windows-1252"),
        ("naïve ‘x’".encode("cp1252"), "iso-8859-1", "naïve ‘x’", "windows-1252"),
        ("naïve ‘x’".encode("cp1252"), None, "naïve ‘x’", "windows-1252"),
        ("naïve ‘x’".encode("cp1252"), "utf-8", "naïve ‘x’", "windows-1252"),
        ("don’t “x”".encode("mac_roman"), None, "don’t “x”", "macintosh"),
        ("Привет, как дела, всё хорошо у нас".encode("cp1251"), None, "Привет, как дела, всё хорошо у нас", "cp1251"),
        ("Привет".encode("koi8-r"), "KOI8-R", "Привет", "koi8-r"),
        ("é’x".encode() + b"\x92s", None, "é’x’s", "utf-8+windows-1252"),
        ("©".encode() + b" it\x92s \x93so\x94", "utf-8", "© it’s “so”", "utf-8+windows-1252"),
        ("ab€".encode()[:-1], None, "ab\ufffd", "utf-8"),
    ],
)
def test_choice_of_charset(data: bytes, declared: str | None, text: str, decoder: str) -> None:
    found = decode(data, declared=declared)
    assert (found.text, found.decoder) == (text, decoder)


NAMES = ("Fëanor", "Rémi", "Fíli", "Née", "Séamus", "Béatrice", "José", "DÎNER", "École", "Zoë")


@pytest.mark.parametrize("name", NAMES)
def test_an_accent_after_the_first_capital_is_western(name: str) -> None:
    for line in (f"{name}\n", name):
        assert decode(line.encode("cp1252")).text == line
    assert decode(", ".join(NAMES).encode("cp1252")).decoder == "windows-1252"


@pytest.mark.parametrize("text", ["Rémi, Fëanor et Née, déjà", "I’m late, O’Hara: “wait”…", "Béatrice n’était pas là"])
def test_macintosh_is_found_where_nothing_is_declared(text: str) -> None:
    found = decode(text.encode("mac_roman"))
    assert (found.text, found.decoder) == (text, "macintosh")


WESTERN_LETTERS = st.text([chr(code) for code in (*range(32, 127), 10, *range(192, 256)) if code not in (215, 247)])


@given(WESTERN_LETTERS, st.sampled_from(["windows-1252", "iso-8859-1", "latin1", "cp1252", "US-ASCII"]))
def test_law_declared_western_comes_back_byte_for_byte(text: str, declared: str) -> None:
    data = text.encode("cp1252")
    assume(not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)))
    assert decode(data, declared=declared).text == text


def test_western_may_be_declared_and_utf8_be_mixed_in_or_cut() -> None:
    assert decode("é’x".encode() + b"\x92s", declared="latin1").text == "é’x’s"
    assert decode("né é".encode()[:-1], declared="latin1").text == "né \ufffd"
    assert decode("MANHÃ".encode("cp1252"), declared="latin1").text == "MANHÃ"


def test_guesses_and_losses_of_whole_files_are_reported() -> None:
    assert [f.code for f in decode("don’t".encode("cp1252")).findings] == ["encoding.guessed"]
    assert decode("don’t".encode("cp1252"), declared="latin1").findings == ()
    assert [f.code for f in decode("ab€".encode()[:-1]).findings] == ["encoding.lost"]
    assert [f.code for f in decode(codecs.BOM_UTF16_LE + b"a\0\0").findings] == ["encoding.lost"]
    assert [f.count for f in decode("é’x".encode() + b"\x92s").findings] == [1]
