from django.apps import AppConfig


class ReadingConfig(AppConfig):
    name = "fanthology.reading"
    label = "reading"
    default_auto_field = "django.db.models.BigAutoField"
