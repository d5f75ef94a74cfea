"""Rare paths, each a claim of its own: what seldom comes must come out right as well."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
from pathlib import Path

import pytest

from fanthology.formats import Chapter, Limits, Markup, Story, read, write
from fanthology.formats.__main__ import lint, main
from fanthology.formats.context import DEFAULT, Context
from fanthology.formats.decode import repair
from fanthology.formats.errors import Damaged, LimitExceeded, NotAStory
from fanthology.formats.markup import clean, plain_text
from fanthology.formats.model import Reading
from fanthology.formats.readers.json import read as read_json
from fanthology.formats.readers.otwarchive import read as read_otwarchive
from fanthology.formats.shape import absolute, iso_date
from fanthology.formats.shape.lines import cut
from fanthology.formats.transforms import story_to_dict

PROSE = "She put the lamp back in the window and went down to the quay, where nobody waited for her that night."


def story_of(text: str, name: str = "a.txt") -> Story:
    return read(text.encode(), name=name).stories[0]


# -- files


@pytest.mark.parametrize("mark", ["<", ">"])
def test_utf_16_without_its_mark_is_seen(mark: str) -> None:
    data = f"The Lamp\nby Jane\n\n{PROSE}".encode("utf-16-le" if mark == "<" else "utf-16-be")
    assert read(data, name="a.txt").stories[0].title == "The Lamp"


@pytest.mark.parametrize("bad", ['{"title": [}', '{"a":' + "[" * 100_000, '{"a": 1}\n{"b": ', "[]"])
def test_broken_json_is_damaged(bad: str) -> None:
    with pytest.raises(Damaged):
        read_json(bad.encode(), Context())


@pytest.mark.parametrize(
    "change",
    [{"authors": [3]}, {"source": {"ids": []}}, {"findings": [{"severity": "bad"}]}, {"chapters": {}}, {"title": 3}],
)
def test_json_of_a_wrong_shape_is_damaged(change: dict[str, object]) -> None:
    with pytest.raises(Damaged):
        read(json.dumps(story_to_dict(Story("T")) | change).encode(), name="a.json")


def test_json_holds_one_story_per_line_or_a_list() -> None:
    one, two = (json.dumps(story_to_dict(Story(title))) for title in "AB")
    for text in (f"{one}\n\n{two}\n", f"[{one}, {two}]"):
        assert [story.title for story in read(text.encode(), name="a.json").stories] == ["A", "B"]


def test_findings_are_limited() -> None:
    context = Context(limits=Limits(findings=1))
    for _ in range(3):
        context.report("a.b", "info", "x")
    assert len(context.findings) == 1


def test_chapters_are_limited() -> None:
    text = "".join(f"Chapter {number}\n\n{PROSE}\n\n" for number in range(1, 9))
    with pytest.raises(LimitExceeded):
        read(text.encode(), name="a.txt", limits=Limits(entries=5))


# -- plain text


def test_overstruck_and_coloured_text_is_read_as_its_letters() -> None:
    story = story_of(f"Lamp\nby Jane\n\n_\x08Dark \x1b[1mnight\x1b[0m. {PROSE}")
    assert plain_text(story.chapters[0].text).startswith("Dark night. She")


def test_a_long_start_without_heading_is_a_chapter() -> None:
    text = f"Lamp\nby Jane\n\n{(PROSE + chr(10) * 2) * 9}Chapter One\n\n{PROSE}\n\nChapter Two\n\n{PROSE}\n"
    assert [chapter.title for chapter in story_of(text).chapters] == ["", "Chapter One", "Chapter Two"]


def test_folded_heads_of_mail_go_on_in_the_next_line() -> None:
    head = (
        "From: ann@example.test (Ann Other)\nSubject: The Lamp\n in the Window (1/4)\nDate: 22 Jan 1994 21:00:23 GMT\n"
    )
    story = story_of(f"{head}Newsgroups: alt.lamps\n\n{PROSE}\n")
    assert story.title == "The Lamp in the Window"
    assert "chapters.missing" in [finding.code for finding in story.findings]


def test_a_name_on_the_line_under_by() -> None:
    story = story_of(f"The Lamp\n\nby\n\nJane Other\n\n{PROSE}\n")
    assert (story.title, [author.name for author in story.authors]) == ("The Lamp", ["Jane Other"])


def test_lines_above_the_title_stay_as_notes() -> None:
    story = story_of(f"For my sister, who keeps the real lamp.\n\n\tThe Lamp\n\tby Jane Other\n\n{PROSE}\n")
    assert "my sister" in story.notes
    assert "furniture.doubtful" in [finding.code for finding in story.findings]


@pytest.mark.parametrize(
    ("status", "complete", "expected"),
    [("3/7", None, 7), ("3/?", False, None), ("WIP", False, None), ("Complete", True, None), ("Sleeping", None, None)],
)
def test_words_for_how_far_a_story_is(status: str, complete: object, expected: int | None) -> None:
    story = story_of(f"Title: Lamp\nAuthor: Jane\nRating: PG\nRating: R\nStatus: {status}\n\n{PROSE}\n")
    assert (story.complete, story.expected_chapters) == (complete, expected)
    assert story.rating_as_written == "PG"


def test_dates_beyond_reason_are_none() -> None:
    assert iso_date("3 May 1203") is None
    assert iso_date("3 May 2003") == "2003-05-03"


# -- pages


@pytest.mark.parametrize(
    ("comment", "url", "captured"),
    [
        ("<!-- Mirrored from lamps.example.test/a.html by HTTrack -->", "http://lamps.example.test/a.html", None),
        (
            '<script>__wm.wombat("http://lamps.example.test/b.html","20030405060708");</script><!-- FILE ARCHIVED ON -->',
            "http://lamps.example.test/b.html",
            "2003-04-05T06:07:08Z",
        ),
    ],
)
def test_where_a_saved_page_came_from(comment: str, url: str, captured: str | None) -> None:
    page = f"<html><head>{comment}</head><body><h1>Lamp</h1><p>by Jane</p><p>{PROSE}</p></body></html>"
    source = story_of(page, "a.html").source
    assert (source.url, source.captured_at) == (url, captured)


def test_addresses_that_are_none() -> None:
    assert absolute("", "http://a.example/") is None
    assert absolute("http://[", "http://a.example/") is None


def test_an_archive_page_without_text_is_refused() -> None:
    page = '<html><body><h2 class="title heading">T</h2><dl class="work meta group"></dl><div id="chapters"></div></body></html>'
    with pytest.raises(NotAStory):
        read(page.encode(), name="a.html")


# -- markup


def test_formatting_reopened_in_every_paragraph_ends_somewhere() -> None:
    tags = "".join(f"<b title={n}>" for n in range(60))
    markup, findings = clean(tags + "<p>x" * 5_000)
    assert markup.count("x") >= 5_000
    assert [finding.code for finding in findings] == ["markup.flattened"]


def test_thousands_of_attributes_and_endless_tags() -> None:
    many = " ".join(f"a{n}=1" for n in range(5_000))
    assert clean(f"<p {many}>x</p>")[0] == "<p>x</p>"
    assert clean("<i>" * 400 + "x" + "</i>" * 400 + "y" + "<!-- z -->" * 300 + "<p ")[0] == "<p><i>x</i>y</p>"
    assert clean("<b><table><tr><td>x</b>y</table>" + "<i>z</i>" * 300)[0].startswith("<table>")


# -- the command


def test_the_command_reads_sniffs_checks_and_converts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two, out = tmp_path / "a.txt", tmp_path / "two.json", tmp_path / "b.epub"
    one.write_text(f"The Lamp\nby Jane\n\n{PROSE}\n", encoding="utf-8")
    bad = Story("", (Chapter(2, Markup("<p>a")), Chapter(1, Markup("<p>b</p>"))))
    two.write_text("".join(json.dumps(story_to_dict(story)) + "\n" for story in (bad, bad)), encoding="utf-8")
    assert main(["sniff", str(one)]) == 0
    assert "text (" in capsys.readouterr().out
    assert main(["lint", str(one)]) == 0
    assert main(["write", str(one), str(out)]) == 0
    assert zipfile.is_zipfile(out)
    assert main(["write", str(two), str(out)]) == 1
    assert "holds 2 stories" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.epub", "two.json"]
    two.write_text(json.dumps(story_to_dict(bad)), encoding="utf-8")
    main(["lint", str(two)])
    assert {"it has no title", "its chapters are not in order"} <= {
        line.rsplit(": ", 1)[-1] for line in capsys.readouterr().out.splitlines()
    }


# -- more of pages and headers


def test_words_that_stand_on_no_side() -> None:
    assert clean("<ruby>a<rt>b<p>c</ruby>")[0].count("<rt>") == 0
    assert clean("<ruby> <i> </i>a<rt>b</rt></ruby>")[0] == "<p><ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby></p>"
    deep = "".join(f"<span title={n}>" for n in range(70))
    assert "<ruby>" not in clean(f"{deep}<ruby>a<rt>b</ruby>")[0]


def test_a_spelled_address_is_masked() -> None:
    story = story_of(f"Lamp\nby Jane\n\n{PROSE}\n\nWrite to jane (at) lamps dot example dot test, please.\n")
    assert "[e-mail]" in story.chapters[0].text
    assert "lamps dot" not in story.chapters[0].text


def test_several_labels_with_fewer_values() -> None:
    story = story_of(f"Title: Lamp\nAuthor: Jane\nRating/Pairing: PG\nSummary:\n\nLanguage: Deutsch\n\n{PROSE}\n")
    assert (story.rating_as_written, story.language, story.summary) == ("PG", "de", "")


def test_a_download_with_bare_text_is_one_chapter() -> None:
    page = (
        '<html><head><title>Lamp - Jane - Fandom</title></head><body><div id="preface"><p class="message">Posted originally on the '
        '<a href="http://archiveofourown.org/">Archive of Our Own</a> at <a href="http://archiveofourown.org/works/1">http://archiveofourown.org/works/1</a>.</p>'
        f'<dl class="tags"><dt>Fandom:</dt><dd>Lamps</dd></dl></div><div id="chapters" class="userstuff"><h2 class="toc-heading">Lamp</h2><p>{PROSE}</p></div></body></html>'
    )
    story = story_of(page, "a.html")
    assert story.title == "Lamp"
    assert [plain_text(chapter.text) for chapter in story.chapters] == [PROSE]


def test_combining_marks_take_no_room_on_a_cover() -> None:
    out = io.BytesIO()
    write(Story("e\u0327" * 12), "epub", out=out)
    with zipfile.ZipFile(out) as book:
        assert book.read("OEBPS/cover.svg").decode().count("<text ") == 2


def test_a_page_of_an_archive_without_its_block_of_tags() -> None:
    page = (
        '<html><head><title>The Lamp - Chapter 1 - Jane - Lamps [Archive]</title></head><body class="logged-out"><div id="main" class="works-show region">'
        '<div class="preface group"><h3 class="byline heading">Jane, Max</h3></div>'
        f'<div id="chapters"><div class="userstuff"><p>{PROSE}</p></div></div></div>'
        "<p>archiveofourown.org Archive of Our Own</p></body></html>"
    )
    story = read_otwarchive(page.encode(), Context()).stories[0]
    assert story.title == "The Lamp"
    assert [author.name for author in story.authors] == ["Jane", "Max"]
    assert "header.missing" in [finding.code for finding in story.findings]


def test_a_download_without_chapters_is_refused() -> None:
    page = '<html><body><div id="preface"><p class="message"><b>L</b></p><dl class="tags"></dl></div></body></html>'
    with pytest.raises(NotAStory):
        read_otwarchive(page.encode(), Context())


def test_four_byte_signs_of_a_wrong_charset() -> None:
    assert repair("café ðŸ˜€ naïve")[0] == "café 😀 naïve"
    assert repair("« ñ€€€ » été")[0] == "« ñ€€€ » été"


def test_images_in_the_value_of_a_label_stay() -> None:
    page = f'<html><body><h1>Lamp</h1><p>by Jane</p><p><b>Rating:</b> PG</p><p><b>Summary:</b> <img src="a.gif" alt="star"> A <i>long</i> night</p><hr><p>{PROSE}</p></body></html>'
    assert "<i>long</i>" in story_of(page, "a.html").summary


def test_a_saved_page_with_a_short_stamp() -> None:
    page = f"<!-- saved from url=(0049)http://web.archive.org/web/20030405/http://www.lamps.example.test/a.html --><html><body><h1>Lamp</h1><p>{PROSE}</p></body></html>"
    source = story_of(page, "a.html").source
    assert (source.url, source.captured_at) == ("http://www.lamps.example.test/a.html", "2003-04-05")


def test_a_file_too_large_is_not_read_into_memory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as out:
        out.truncate(DEFAULT.input_bytes + 1)  # a hole: it takes no room on the disk
    assert main(["read", str(path)]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["code"], error["file"]) == ("limit.size", str(path))


def test_a_reading_that_breaks_a_law_is_found(tmp_path: Path) -> None:
    def read_wrongly(_: Path) -> Reading:
        return Reading((Story("Fog\0", (Chapter(1, Markup("<p>a")),)), Story("Lamp")), "text", 1.0)

    assert lint(tmp_path / "any.txt", read_file=read_wrongly) == [
        "Fog\0: its JSON form does not read back equal",
        "Fog\0: the markup of chapter 1 is not canonical",
    ]


def test_the_command_prints_to_whatever_stands_for_the_terminal(tmp_path: Path) -> None:
    path, out = tmp_path / "a.txt", io.StringIO()
    path.write_text(f"The Lamp\nby Jane\n\n{PROSE}\n", encoding="utf-8")
    with contextlib.redirect_stdout(out):
        assert main(["read", "--indent", str(path)]) == 0
    assert json.loads(out.getvalue())["title"] == "The Lamp"


# -- lines of pages


@pytest.mark.parametrize(
    ("address", "kept"),
    [("//pictures.example.test/lamp.gif", True), ("lamp.gif", False), ("https://p.example.test/blueline.gif", False)],
)
def test_pictures_are_kept_by_address_unless_they_are_bars_or_lie_nowhere(address: str, *, kept: bool) -> None:
    page = f'<html><body><h1>Lamp</h1><p>by Jane</p><p>{PROSE}</p><p><img src="{address}" alt="a &quot;lamp&quot;"></p><p>{PROSE}</p></body></html>'
    text = story_of(page, "a.html").chapters[0].text
    assert ('[image: a "lamp"]' in plain_text(text)) is kept
    assert ("<hr" in text) is ("blueline" in address)


def test_an_indent_after_a_line_break_begins_a_paragraph_also_after_a_picture() -> None:
    page = (
        f"<html><body><h1>Lamp</h1><p>by Jane</p><p>{PROSE}<br>&nbsp;&nbsp;&nbsp;&nbsp;Then it went out.<br>"
        '<img src="http://p.example.test/lamp.jpg" alt="lamp"><br>&nbsp;&nbsp;&nbsp;&nbsp;She slept.</p></body></html>'
    )
    assert plain_text(story_of(page, "a.html").chapters[0].text).split("\n\n")[1:] == [
        "Then it went out.\n[image: lamp]",
        "She slept.",
    ]


def test_a_page_of_frames_alone_holds_no_story() -> None:
    with pytest.raises(NotAStory):
        read(b"<html><head><title>Lamp</title></head><frameset><frame src=a.html></frameset></html>", name="a.html")


def test_a_list_is_no_margin() -> None:
    inner = f"<li>{PROSE}</li><li>{PROSE}</li>"
    listed, quoted = (
        story_of(f"<html><body><h1>Lamp</h1><p>by Jane</p>{text}</body></html>", "a.html").chapters[0].text
        for text in (f"<ul>{inner}</ul>", f"<blockquote><p>{PROSE}</p><p>{PROSE}</p></blockquote>")
    )
    assert listed == f"<ul>{inner}</ul>"
    assert quoted == f"<p>{PROSE}</p>\n<p>{PROSE}</p>", "what holds everything is a margin"


@pytest.mark.parametrize(
    ("html", "skip", "take", "want"),
    [
        ("<b>Summary:</b> Fog", 8, None, "Fog"),
        ("<b>Summary: Fog</b>", 8, 2, "<b>Fo</b>"),
        ('Art: <img src="a.gif"/> and fog', 4, None, '<img src="a.gif"/> and fog'),
        ('<img src="a.gif"/>Art: fog', 4, None, "fog"),
        ("a</b>bc", 1, None, "bc"),
    ],
)
def test_the_value_of_a_label_is_cut_out_of_its_line(html: str, skip: int, take: int | None, want: str) -> None:
    assert cut(html, skip, take) == want


def test_an_address_without_its_scheme_is_one_of_the_web() -> None:
    page = f'<html><head><link rel="canonical" href="//lamps.example.test/a.html"></head><body><h1>Lamp</h1><p>{PROSE}</p></body></html>'
    assert story_of(page, "a.html").source.url == "https://lamps.example.test/a.html"
