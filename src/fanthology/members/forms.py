"""What members fill in. Faults are in plain words and never say whether an account exists."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from fanthology.people.models import Person

LOGIN_LENGTH = 60
PASSWORD_LENGTH = 200


class LoginForm(forms.Form):
    login = forms.CharField(
        label="Login",
        max_length=LOGIN_LENGTH,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label="Password",
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class WelcomeForm(forms.Form):
    """The first questions: what the archive is called, and who keeps it."""

    name = forms.CharField(
        label="Name of the archive",
        max_length=200,
        help_text="It stands at the top of every page. You can change it later.",
    )
    tagline = forms.CharField(label="One line about it", max_length=300, required=False, help_text="May stay empty.")
    login = forms.CharField(
        label="Your login",
        max_length=LOGIN_LENGTH,
        help_text="Shown to nobody; stories are signed with pen names.",
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label="Your password",
        max_length=PASSWORD_LENGTH,
        strip=False,
        help_text="At least ten characters. A few words that do not belong together are good.",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label="Your password once more",
        max_length=PASSWORD_LENGTH,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords at once: whoever mends one fault should not meet the next."""
        data = super().clean() or {}
        password, again = data.get("password"), data.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", "The two passwords are not the same.")
        if password:
            try:
                validate_password(password, Person(login=str(data.get("login", ""))))
            except ValidationError as fault:
                self.add_error("password", fault)
        return data
