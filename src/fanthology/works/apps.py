from django.apps import AppConfig


class WorksConfig(AppConfig):
    name = "fanthology.works"
    label = "works"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import jobs  # noqa: F401 - registers the consumers, once models exist
