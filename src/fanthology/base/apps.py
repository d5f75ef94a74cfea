"""The ground floor's place in Django: it finds what the rooms above register."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class BaseConfig(AppConfig):
    name = "fanthology.base"
    label = "base"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load `jobs` (tasks, consumers), `checks` (faults, references, erasures) and `furniture` (template words) of each room."""
        from . import profile, tidying  # noqa: F401 - they register themselves

        autodiscover_modules("jobs", "checks", "furniture")
