"""What a keeper fills in at the desk."""

from __future__ import annotations

from django import forms

from fanthology.base.models import Archive


class ArchiveForm(forms.Form):
    name = forms.CharField(label="Name of the archive", max_length=200)
    tagline = forms.CharField(label="One line about it", max_length=300, required=False)
    review_word = forms.ChoiceField(
        label="What readers write is called", choices=Archive.ReviewWord.choices, widget=forms.RadioSelect
    )
