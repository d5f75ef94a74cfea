"""The models and the migrations tell the same story."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models


@pytest.mark.django_db
def test_no_migration_is_missing():
    said = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said, no_color=True)
    except SystemExit:
        pytest.fail(said.getvalue())


def test_every_constraint_and_index_is_named_after_what_it_holds():
    """A constraint's name is what a keeper reads in an error: it begins with its table's room and says what holds."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("fanthology.")]
    names = [constraint.name for model in ours for constraint in model._meta.constraints]
    assert ours
    assert names
    assert len(names) == len(set(names))
    assert [name for name in names if not name.replace("_", "").isalnum() or name.endswith("_uniq")] == []


def test_invariants_stand_in_the_database():
    """unique_together would be a constraint without a name."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("fanthology.")]
    assert [model.__name__ for model in ours if model._meta.unique_together] == []
    assert [
        f"{model.__name__}.{field.name}"
        for model in ours
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is None
    ] == []
