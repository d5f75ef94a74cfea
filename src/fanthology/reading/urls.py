"""The public addresses of reading (DESIGN 10). No former software uses /read/."""

from django.urls import path

from fanthology.works.editions import FORMATS

from .views import home, looks, people, series, tags, works

urlpatterns = [
    # The hottest come first: routes are tried in order.
    path("read/<int:work_id>/<int:chapter_id>/", works.chapter_page, name="chapter"),
    path("read/<int:work_id>/", works.work_page, name="work"),
    path("", home.home, name="home"),
    path("look.css", looks.stylesheet, name="look-css"),
    path("surprise/", home.surprise, name="surprise"),
    path("moved/", home.moved_in, name="moved-in"),
    path("sitemap/", home.sitemap, name="sitemap"),
    path("sitemap.xml", home.sitemap_xml, name="sitemap-xml"),
    path("sitemap-<int:number>.xml", home.sitemap_xml, name="sitemap-part"),
    path("robots.txt", home.robots, name="robots"),
    path("look/", looks.look, name="look"),
    path("consent/", looks.consent, name="consent"),
    path("fandoms/", tags.fandoms, name="fandoms"),
    path("read/authors/", people.authors, name="authors"),
    path("read/authors/<str:slug>/", people.author, name="author"),
    path("read/tags/<int:tag_id>/", tags.tag, name="tag-bare"),
    path("read/tags/<int:tag_id>/<str:slug>/", tags.tag, name="tag"),
    path("read/series/", series.all_series, name="all-series"),
    path("read/series/<int:series_id>/", series.series, name="series"),
    path("read/<int:work_id>/start/", works.first_chapter, name="start"),
    path("read/<int:work_id>/all/", works.whole_work, name="whole-work"),
    path("read/<int:work_id>/contents/", works.contents_page, name="contents"),
    path("read/<int:work_id>/print/", works.print_page, name="print"),
    path("read/<int:work_id>/reviews/", works.reviews_page, name="reviews"),
    *(
        path(f"read/<int:work_id>.{extension}", works.download, {"extension": extension}, name=f"download-{extension}")
        for extension in FORMATS
    ),
]
