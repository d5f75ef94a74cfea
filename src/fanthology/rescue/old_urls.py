"""The map used for requests that look like old addresses: one answer for all, and every name of the real map."""

from django.urls import re_path

from fanthology.config.urls import handler400, handler403, handler404, handler500
from fanthology.config.urls import urlpatterns as ours

from . import views

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [re_path(r"^.*$", views.old_address, name="old-address"), *ours]
