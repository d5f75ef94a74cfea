from django.urls import path

from . import views

urlpatterns = [
    path("news/", views.news, name="news"),
    path("about/", views.about, name="about"),
    path("about/<str:slug>/", views.custom_page, name="custom-page"),
]
