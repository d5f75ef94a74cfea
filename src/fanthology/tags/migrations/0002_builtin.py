"""The seven kinds, and the fixed words of rating, archive warning and category, in otwarchive's wording and order."""

from typing import Any

from django.db import migrations

KINDS = [
    (1, "rating", "Rating", "Ratings"),
    (2, "warning", "Archive warning", "Archive warnings"),
    (3, "category", "Category", "Categories"),
    (4, "fandom", "Fandom", "Fandoms"),
    (5, "character", "Character", "Characters"),
    (6, "relationship", "Relationship", "Relationships"),
    (7, "additional", "Additional tag", "Additional tags"),
]
WORDS = {
    1: ["Not Rated", "General Audiences", "Teen And Up Audiences", "Mature", "Explicit"],
    2: [
        "Creator Chose Not To Use Archive Warnings",
        "No Archive Warnings Apply",
        "Graphic Depictions Of Violence",
        "Major Character Death",
        "Rape/Non-Con",
        "Underage Sex",
    ],
    3: ["F/F", "F/M", "Gen", "M/M", "Multi", "Other"],
}
ADULT = {"Not Rated", "Mature", "Explicit"}


def add(apps: Any, schema_editor: Any) -> None:
    kinds, tags, closures = (apps.get_model("tags", name) for name in ("Kind", "Tag", "TagClosure"))
    for position, (kind_id, slug, name, plural) in enumerate(KINDS, start=1):
        kinds.objects.create(id=kind_id, slug=slug, name=name, plural=plural, position=position, is_builtin=True)
    for kind_id, names in WORDS.items():
        for position, name in enumerate(names, start=1):
            tag = tags.objects.create(
                kind_id=kind_id,
                name=name,
                key=name.casefold(),
                slug=name.casefold().replace("/", "").replace(" ", "-"),
                position=position,
                gate_adults=kind_id == 1 and name in ADULT,
            )
            closures.objects.create(tag=tag, ancestor=tag)


def remove(apps: Any, schema_editor: Any) -> None:
    apps.get_model("tags", "Tag").objects.filter(kind_id__in=WORDS).delete()
    apps.get_model("tags", "Kind").objects.filter(is_builtin=True).delete()


class Migration(migrations.Migration):
    dependencies = [("tags", "0001_initial")]
    operations = [migrations.RunPython(add, remove)]
