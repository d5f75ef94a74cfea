"""Tags: a page for each canonical one, and the fandoms from A to Z."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from fanthology.base.pages import cached
from fanthology.base.stamps import list_stamp
from fanthology.base.web import render
from fanthology.tags.models import Kind, Tag, TagParent
from fanthology.works.access import Viewer
from fanthology.works.addresses import tag_url
from fanthology.works.models import Work, WorkQuerySet, tags_known_to
from fanthology.works.viewers import circle_of, viewer_of

from ..lists import list_key, listing
from ..meta import absolute


@dataclass(slots=True)
class Branch:
    """A fandom with the fandoms under it."""

    tag: Tag
    below: list[Branch] = field(default_factory=list)


@require_safe
def tag(request: HttpRequest, tag_id: int, slug: str = "") -> HttpResponse:
    """Works with this tag, its synonyms and subtags. Former names and wrong slugs lead to the right address."""
    found = get_object_or_404(Tag.objects.select_related("kind", "synonym_of__kind"), pk=tag_id)
    canonical = found.synonym_of or found
    if not tags_known_to(viewer_of(request)).filter(pk=canonical.pk).exists():
        raise Http404
    if canonical.pk != tag_id or canonical.slug != slug:
        return HttpResponsePermanentRedirect(tag_url(canonical.pk, canonical.slug))
    return cached(
        request,
        key=list_key(request, f"tag:{tag_id}"),
        stamp=list_stamp(),
        render=lambda: _tag_page(request, canonical),
        circle=circle_of(request),
    )


@require_safe
def fandoms(request: HttpRequest) -> HttpResponse:
    """Every fandom in use from A to Z with its count; those under another stand below it."""

    def page() -> str:
        letters: dict[str, list[Branch]] = defaultdict(list)
        for branch in _forest():
            first = branch.tag.key[:1].upper()
            letters[first if first.isalpha() else "#"].append(branch)
        context = {"letters": dict(sorted(letters.items())), "canonical": absolute("/fandoms/")}
        return render(request, "reading/fandoms.html", context)

    return cached(request, key="fandoms", stamp=list_stamp(), render=page, circle=circle_of(request))


def _tag_page(request: HttpRequest, shown: Tag) -> str:
    viewer = viewer_of(request)
    known = tags_known_to(viewer)
    context = {
        "tag": shown,
        "listing": listing(request, _works(shown, viewer)),
        "synonyms": shown.synonyms.filter(Q(pk__in=known.values("pk")) | Q(work_tags__isnull=True)).by_name(),
        "above": known.filter(child_lines__child=shown).select_related("kind").order_by("key"),
        "below": Tag.objects.filter(parent_lines__parent=shown).in_use().order_by("kind_id", "key")[:200],
        "canonical": absolute(request.path),
        "feed": f"/feeds/tags/{shown.pk}/",
    }
    return render(request, "reading/tag.html", context)


def _works(shown: Tag, viewer: Viewer) -> WorkQuerySet:
    visible = Work.objects.visible_to(viewer).posted()
    return visible.filter(rating=shown) if shown.kind_id == Kind.RATING else visible.in_tag(shown.pk)


def _forest() -> list[Branch]:
    """Fandoms as trees. One under two others stands under both; a circle of lines is cut where it closes."""
    used = {tag.pk: tag for tag in Tag.objects.of_kind(Kind.FANDOM).canonical().in_use().by_name()}
    lines = TagParent.objects.filter(parent__in=used, child__in=used).values_list("parent_id", "child_id")
    below: dict[int, list[int]] = defaultdict(list)
    for parent_id, child_id in lines:
        below[parent_id].append(child_id)
    children = {child_id for held in below.values() for child_id in held}

    def branch(tag_id: int, above: frozenset[int]) -> Branch:
        path = above | {tag_id}
        held = sorted((child for child in below[tag_id] if child not in path), key=lambda child: used[child].key)
        seen.add(tag_id)
        return Branch(used[tag_id], [branch(child, path) for child in held])

    seen: set[int] = set()
    trees = [branch(tag_id, frozenset()) for tag_id in used if tag_id not in children]
    trees += [branch(tag_id, frozenset()) for tag_id in used if tag_id not in seen]
    return sorted(trees, key=lambda tree: tree.tag.key)
