"""Coming in and going out, and the first-run page of an archive that nobody keeps yet."""

from __future__ import annotations

from django.conf import settings
from django.contrib import auth
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from fanthology.base.folding import fold
from fanthology.base.web import respond, too_many
from fanthology.people.actions import LoginTaken
from fanthology.people.models import Person

from .actions import HasAKeeper, open_archive
from .forms import LoginForm, WelcomeForm
from .limits import Limit

# A guesser is stopped by all three; somebody who forgot their password by the first, for a minute.
TRIES_OF_ONE = Limit("login here", most=5, seconds=60)
TRIES_FROM_HERE = Limit("logins from here", most=30, seconds=600)
TRIES_OF_NAME = Limit("login anywhere", most=100, seconds=3600)
DESK = "/desk/"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """The same words whether the login or the password is wrong, and the same time to say them."""
    form = LoginForm(request.POST or None)
    onward = _next(request)
    if request.method != "POST" or not form.is_valid():
        return respond(request, "members/login.html", {"form": form, "next": onward, "is_wrong": False})
    login, place = fold(form.cleaned_data["login"]), request.META.get("REMOTE_ADDR", "")
    counters = ((TRIES_OF_ONE, (login, place)), (TRIES_FROM_HERE, (place,)), (TRIES_OF_NAME, (login,)))
    if wait := max(limit.wait(*of) for limit, of in counters):
        return too_many(request, wait=wait)
    person = auth.authenticate(request, username=form.cleaned_data["login"], password=form.cleaned_data["password"])
    if person is None:
        for limit, of in counters:
            limit.count(*of)
        return respond(request, "members/login.html", {"form": form, "next": onward, "is_wrong": True})
    TRIES_OF_ONE.forget(login, place)
    auth.login(request, person)
    return HttpResponseRedirect(onward or (DESK if person.is_keeper else settings.LOGIN_REDIRECT_URL))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_out(request: HttpRequest) -> HttpResponse:
    """A link asks, a form does it: no other site can throw anybody out."""
    if request.method != "POST":
        return respond(request, "members/logout.html", {})
    auth.logout(request)
    response = HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL)
    # Without the cookie this browser is a guest again, and gets kept pages.
    response.delete_cookie(settings.SESSION_COOKIE_NAME, samesite="Lax")
    return response


@never_cache
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest) -> HttpResponse:
    """Only while nobody keeps the archive; afterwards nothing ever stood here."""
    if Person.objects.filter(is_keeper=True).exists():
        raise Http404
    form = WelcomeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        answers = form.cleaned_data
        try:
            keeper = open_archive(
                name=answers["name"], tagline=answers["tagline"], login=answers["login"], password=answers["password"]
            )
        except HasAKeeper as too_late:
            raise Http404 from too_late
        except LoginTaken as taken:
            form.add_error("login", str(taken))
        else:
            auth.login(request, keeper, backend="django.contrib.auth.backends.ModelBackend")
            return HttpResponseRedirect(reverse("desk-welcome"))
    return respond(request, "members/welcome.html", {"form": form})


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    here = {request.get_host()}
    is_safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, here, require_https=request.is_secure()
    )
    return wanted if is_safe else ""
