"""What a keeper fills in at the desk, and numbers in what a browser sends."""

from __future__ import annotations

from django import forms

from fanthology.base.models import Archive


def number_in(text: str) -> int | None:
    """A whole number written in plain digits, as long as one that the database can hold; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


class ArchiveForm(forms.Form):
    name = forms.CharField(label="Name of the archive", max_length=200)
    tagline = forms.CharField(label="One line about it", max_length=300, required=False)
    review_word = forms.ChoiceField(
        label="What readers write is called", choices=Archive.ReviewWord.choices, widget=forms.RadioSelect
    )
