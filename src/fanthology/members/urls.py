from django.urls import path

from . import views

urlpatterns = [
    path("account/login/", views.log_in, name="login"),
    path("account/logout/", views.log_out, name="logout"),
    path("welcome/", views.welcome, name="welcome"),
]
