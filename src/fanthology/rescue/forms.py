"""What a keeper fills in at the desk, and numbers in what a browser sends."""

from __future__ import annotations

from django import forms

from fanthology.base.models import Archive


def number_in(text: str) -> int | None:
    """A whole number written in plain digits, as long as one that the database can hold; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


class TakeBackForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why",
        choices=[("withdrawn", "Its author takes it back"), ("legal", "The law demands it")],
        widget=forms.RadioSelect,
    )


class DoNotImportForm(forms.Form):
    """At least one of: an e-mail address, a name on one old site, an old address."""

    email = forms.EmailField(label="E-mail address", required=False, help_text="The one their old account had.")
    name = forms.CharField(label="Author’s name", max_length=200, required=False)
    site = forms.CharField(
        label="Name of that old site", max_length=200, required=False, help_text="A name counts on one site only."
    )
    url = forms.CharField(
        label="Old address of a story", max_length=500, required=False, help_text="As it stood in the browser."
    )

    def clean(self) -> dict[str, str]:
        said: dict[str, str] = super().clean() or {}
        if bool(said.get("name")) != bool(said.get("site")):
            self.add_error("site" if said.get("name") else "name", "A name and its site are said together.")
        elif not self.errors and not any(said.values()):
            self.add_error("email", "Say whom: an e-mail address, a name with its site, or an old address.")
        return said


class ArchiveForm(forms.Form):
    name = forms.CharField(label="Name of the archive", max_length=200)
    tagline = forms.CharField(label="One line about it", max_length=300, required=False)
    review_word = forms.ChoiceField(
        label="What readers write is called", choices=Archive.ReviewWord.choices, widget=forms.RadioSelect
    )
