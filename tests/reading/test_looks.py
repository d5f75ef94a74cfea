"""The private stylesheet: choices are kept, nonsense is not, and pages never differ by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanthology.reading.looks import FACES, LEADINGS, MEASURES, SIZES, THEMES, Look, palettes


@given(st.text(max_size=300))
def test_any_cookie_gives_a_look(cookie):
    look = Look.from_cookie(cookie)
    assert look.theme in THEMES
    assert look.as_css().count("{") == look.as_css().count("}")
    assert "<" not in look.as_css()


@given(
    st.builds(
        Look,
        st.sampled_from(THEMES),
        st.integers(0, len(SIZES) - 1),
        st.sampled_from(list(FACES)),
        st.sampled_from(list(LEADINGS)),
        st.sampled_from(list(MEASURES)),
    )
)
def test_a_look_survives_its_cookie(look):
    assert Look.from_cookie(look.as_cookie()) == look


def test_every_theme_has_its_palette():
    assert set(palettes()) == set(THEMES) - {"system"}
    words = {
        name: {
            line.partition(":")[0].strip()
            for line in css.replace(";", "\n").splitlines()
            if line.strip().startswith("--")
        }
        for name, css in palettes().items()
    }
    assert words["dark"] == words["light"] == words["sepia"]


def test_steps_stop_at_the_ends():
    look = Look()
    for _ in range(20):
        look = look.changed("size", "larger")
    assert look.size == len(SIZES) - 1
    for _ in range(20):
        look = look.changed("size", "smaller")
    assert look.size == 0


@pytest.mark.django_db
def test_choices_are_kept_and_served(client):
    assert client.get("/look.css").content == b""
    answer = client.post("/look/", {"theme": "dark", "size": "larger", "next": "/fandoms/"})
    assert answer["Location"] == "/fandoms/"
    css = client.get("/look.css")
    assert b"--paper: #17181b" in css.content
    assert b"--text-size: 1.3125rem" in css.content
    assert css["Cache-Control"] == "private, no-cache"
    assert client.get("/look.css", headers={"If-None-Match": css["ETag"]}).status_code == 304
    assert 'value="dark" checked' in client.get("/look/").content.decode()
