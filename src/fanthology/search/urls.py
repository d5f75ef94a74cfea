from django.urls import path

from . import views

urlpatterns = [
    path("browse/", views.browse, name="browse"),
    path("search/help/", views.how_to_search, name="search-help"),
]
