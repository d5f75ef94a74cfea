"""What is done to tags, one verb each. The closure is derived and always rebuilt with the change that alters it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db import transaction

from fanthology.base import ledger, outbox
from fanthology.base.folding import fold, slug_of

from .models import Tag, TagClosure, TagParent


class CircularTags(ValueError):
    """The wanted line would make a tag its own ancestor."""


class WrongKind(ValueError):
    """Synonyms and metatags are of one kind."""


def find_or_add(*, kind: int, name: str, disambiguator: str = "") -> Tag:
    """The tag of this kind and name (case and accents do not count), added where there is none."""
    tag = Tag.objects.named(kind, name).filter(disambiguator=disambiguator).first()
    if tag:
        return tag
    with transaction.atomic():
        tag = Tag.objects.create(kind_id=kind, name=name, disambiguator=disambiguator)
        TagClosure.objects.create(tag=tag, ancestor=tag)
    return tag


def add_tags(*, names: Sequence[tuple[int, str, str]]) -> list[Tag]:
    """The tags of these (kind, name, disambiguator), in their order, those added that were not there. What a rescue uses."""
    wanted = [(kind, fold(name), apart) for kind, name, apart in names]
    with transaction.atomic():
        rows = Tag.objects.filter(key__in={key for _, key, _ in wanted})
        known = {(tag.kind_id, tag.key, tag.disambiguator): tag for tag in rows}
        new: dict[tuple[int, str, str], Tag] = {}
        for place, (kind, name, apart) in zip(wanted, names, strict=True):
            if place not in known and place not in new:
                new[place] = Tag(
                    kind_id=kind, name=name, disambiguator=apart, key=place[1], slug=slug_of(name, fallback="tag")
                )
        made = Tag.objects.bulk_create(new.values(), batch_size=200)
        TagClosure.objects.bulk_create([TagClosure(tag=tag, ancestor=tag) for tag in made], batch_size=200)
    known.update(new)
    return [known[place] for place in wanted]


def draw_lines(*, lines: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Draw many lines (parent id, child id) at once; returns those refused because they would close a circle."""
    with transaction.atomic():
        below: dict[int, set[int]] = defaultdict(set)
        for parent_id, child_id in TagParent.objects.values_list("parent_id", "child_id"):
            below[parent_id].add(child_id)
        refused, new = [], []
        for parent_id, child_id in lines:
            if child_id in below[parent_id]:
                continue
            if parent_id in _ancestors(child_id, below):
                refused.append((parent_id, child_id))
                continue
            below[parent_id].add(child_id)
            new.append(TagParent(parent_id=parent_id, child_id=child_id))
        TagParent.objects.bulk_create(new, batch_size=200)
        if new:
            rebuild_closure()
            outbox.publish("tag.moved", "tag", new[0].child_id)
    return refused


def erase_line(*, parent_id: int, child_id: int) -> bool:
    """Take one line away; returns whether there was one."""
    with transaction.atomic():
        gone, _ = TagParent.objects.filter(parent_id=parent_id, child_id=child_id).delete()
        if gone:
            rebuild_closure()
            outbox.publish("tag.moved", "tag", child_id)
    return bool(gone)


def put_under(*, parent: Tag, child: Tag, actor: int | None = None) -> None:
    """Draw a line: metatag over subtag (same kind) or fandom over character. Raises CircularTags."""
    with transaction.atomic():
        if parent.pk == child.pk or _reaches(child.pk, parent.pk):
            raise CircularTags(f"{parent.name} is already below {child.name}.")
        _, is_new = TagParent.objects.get_or_create(parent=parent, child=child)
        if is_new and parent.kind_id == child.kind_id:
            rebuild_closure()
            outbox.publish("tag.moved", "tag", child.pk)
        if is_new and actor is not None:
            ledger.write("tag put under another", "tag", child.pk, actor=actor, parent=parent.pk)


def make_synonym(*, tag: Tag, of: Tag, actor: int | None) -> None:
    """`tag` means the same as the canonical `of`; works keep their spelling and are found by both."""
    with transaction.atomic():
        if tag.kind_id != of.kind_id:
            raise WrongKind(f"{tag.name} and {of.name} are of different kinds.")
        of = Tag.objects.select_related("synonym_of").get(pk=of.pk)
        target = of.synonym_of or of
        if target.pk == tag.pk:
            raise CircularTags(f"{of.name} is itself a synonym of {tag.name}.")
        Tag.objects.filter(pk=tag.pk).update(synonym_of=target)
        Tag.objects.filter(synonym_of=tag).update(synonym_of=target)
        rebuild_closure()
        outbox.publish("tag.moved", "tag", tag.pk)
        ledger.write("tag made a synonym", "tag", tag.pk, actor=actor, of=target.pk)


def rebuild_closure() -> int:
    """Derive every closure row anew; returns how many changed. Cycles in the lines cost nothing and add nothing."""
    with transaction.atomic():
        wanted = _closure()
        present = set(TagClosure.objects.values_list("tag_id", "ancestor_id"))
        for tag_id, ancestor_id in present - wanted:
            TagClosure.objects.filter(tag_id=tag_id, ancestor_id=ancestor_id).delete()
        missing = [
            TagClosure(tag_id=tag_id, ancestor_id=ancestor_id) for tag_id, ancestor_id in sorted(wanted - present)
        ]
        TagClosure.objects.bulk_create(missing, batch_size=500)
        return len(present ^ wanted)


def _closure() -> set[tuple[int, int]]:
    kinds = dict(Tag.objects.values_list("id", "kind_id"))
    canonical = {tag_id: of or tag_id for tag_id, of in Tag.objects.values_list("id", "synonym_of_id")}
    above: dict[int, set[int]] = defaultdict(set)
    for parent_id, child_id in TagParent.objects.values_list("parent_id", "child_id"):
        if kinds[parent_id] == kinds[child_id]:
            above[canonical[child_id]].add(canonical[parent_id])
    rows: set[tuple[int, int]] = set()
    for tag_id, start in canonical.items():
        rows.update((tag_id, ancestor) for ancestor in _ancestors(start, above))
    return rows


def _ancestors(start: int, above: dict[int, set[int]]) -> Iterable[int]:
    seen, waiting = {start}, [start]
    while waiting:
        for parent in above.get(waiting.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return seen


def _reaches(start: int, goal: int) -> bool:
    """Whether a path of child lines leads from `start` down to `goal`."""
    below: dict[int, set[int]] = defaultdict(set)
    for parent_id, child_id in TagParent.objects.values_list("parent_id", "child_id"):
        below[parent_id].add(child_id)
    return goal in _ancestors(start, below)
