from django.apps import AppConfig


class GatheringsConfig(AppConfig):
    name = "fanthology.gatherings"
    label = "gatherings"
    default_auto_field = "django.db.models.BigAutoField"
