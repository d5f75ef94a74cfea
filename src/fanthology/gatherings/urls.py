from django.urls import path

from . import views

urlpatterns = [
    path("read/challenges/", views.challenges, name="challenges"),
    path("read/challenges/<int:challenge_id>/", views.challenge, name="challenge"),
]
