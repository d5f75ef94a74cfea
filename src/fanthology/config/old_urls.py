"""The map used for requests that look like old addresses: one answer for all, and every name of the real map."""

from django.urls import re_path

from fanthology.rescue.views import old_address

from .urls import handler400, handler403, handler404, handler500
from .urls import urlpatterns as ours

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [re_path(r"^.*$", old_address, name="old-address"), *ours]
