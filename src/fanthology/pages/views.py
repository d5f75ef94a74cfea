"""What the archive itself says: its news, and pages such as rules."""

from __future__ import annotations

from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from fanthology.base.models import Archive
from fanthology.base.pages import cached
from fanthology.base.web import Page, render
from fanthology.works.viewers import circle_of

from .models import CustomPage, News, NewsComment

NEWS_PER_PAGE = 20


@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """Our own news; `?from=SITE` shows what a former site told its readers, apart from ours."""
    origin, asked = request.GET.get("from", "").replace("\0", "")[:200], request.GET.get("page", "")[:6]

    def page() -> str:
        shown = News.objects.shown().filter(origin=origin).newest().prefetch_related("comments__pen_name")
        sites = News.objects.shown().exclude(origin="").order_by("origin").values_list("origin", flat=True).distinct()
        context = {"page": Page.of(shown, asked, size=NEWS_PER_PAGE), "origin": origin, "sites": sites}
        return render(request, "pages/news.html", context)

    return cached(request, key=f"news:{origin}:{asked}", stamp=_stamp(), render=page, circle=circle_of(request))


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this archive is, and the pages it has to show."""

    def page() -> str:
        pages = CustomPage.objects.filter(is_public=True).order_by("title")
        return render(request, "pages/about.html", {"pages": pages})

    return cached(request, key="about", stamp=_stamp(), render=page, circle=circle_of(request))


@require_safe
def custom_page(request: HttpRequest, slug: str) -> HttpResponse:
    def page() -> str:
        shown = get_object_or_404(CustomPage, slug=slug.replace("\0", ""), is_public=True)
        return render(request, "pages/custom-page.html", {"page": shown})

    return cached(request, key=f"about:{slug}", stamp=_stamp(), render=page, circle=circle_of(request))


def _stamp() -> str:
    """These few rows change rarely and are asked for rarely: their own digest is their stamp, with the archive's for names."""
    pages = CustomPage.objects.filter(is_public=True).values_list("pk", "slug", "title", "text", "origin")
    told = News.objects.shown().values_list("pk", "title", "text", "origin", "written_at")
    comments = NewsComment.objects.aggregate(last=Max("pk"))["last"]
    return f"{Archive.current().stamp}.{hash(tuple(pages))}.{hash(tuple(told))}.{comments}"
