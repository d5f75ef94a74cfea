from django.urls import path

from . import views

urlpatterns = [
    path("feeds/", views.about_feeds, name="feeds"),
    path("feeds/works/", views.new_works, name="feed-works"),
    path("feeds/tags/<int:tag_id>/", views.of_tag, name="feed-tag"),
    path("feeds/authors/<str:slug>/", views.of_author, name="feed-author"),
    path("feeds/series/<int:series_id>/", views.of_series, name="feed-series"),
]
