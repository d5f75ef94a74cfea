"""What the tables of eFiction look like, from 3.0 to 3.5.8, and what becomes of each.

Columns are written `name:type`; the type is what a plausible value looks like, used only to choose between layouts
when a dump names no columns: i integer, c ids separated by commas, d date (UNIX or DATETIME), t text, f small flag.
Where versions differ, the newest layout comes first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..sql import Value

MARK = "fanfiction_"
"""Every table of eFiction is called <prefix>fanfiction_<name>; the prefix is the site's own and may be empty."""

_SETTINGS_HEAD = (
    "sitekey:t sitename:t slogan:t url:t siteemail:t tableprefix:t skin:t hiddenskins:t language:t submissionsoff:f "
    "storiespath:t store:t autovalidate:f coauthallowed:f maxwords:i minwords:i imageupload:f imageheight:i imagewidth:i roundrobins:f "
)
_SETTINGS_TAIL = (
    "tinyMCE:f allowed_tags:t favorites:f multiplecats:f newscomments:f logging:f maintenance:f debug:f captcha:f dateformat:t "
    "timeformat:t recentdays:i displaycolumns:i itemsperpage:i extendcats:f displayindex:f defaultsort:f displayprofile:f linkstyle:f "
    "linkrange:i reviewsallowed:f ratings:f anonreviews:f revdelete:f rateonly:f pwdsetting:f alertson:f disablepopups:f agestatement:f "
    "words:t version:t smtp_host:t smtp_username:t smtp_password:t anonchallenges:f"
)
_STORIES = (
    "sid:i title:t summary:t storynotes:t catid:c classes:c charid:c rid:t date:d updated:d uid:i coauthors:c featured:f validated:f "
    "completed:f rr:f wordcount:i rating:i reviews:i count:i challenges:c"
)
_AUTHORPREFS = (
    "uid:i newreviews:f newrespond:f ageconsent:f alertson:f tinyMCE:f sortby:f storyindex:f validated:f userskin:t level:f "
    "categories:c contact:f"
)
_SERIES_HEAD = "seriesid:i title:t summary:t uid:i isopen:f catid:c "

COLUMNS: dict[str, tuple[str, ...]] = {
    "authors": (
        "uid:i penname:t realname:t email:t bio:t image:t date:d admincreated:f password:t",
        "uid:i penname:t realname:t email:t website:t bio:t image:t date:d admincreated:f password:t",
    ),
    "authorprefs": (_AUTHORPREFS + " stories:i", _AUTHORPREFS),
    "authorfields": (
        "field_id:i field_type:f field_name:t field_title:t field_options:t field_code_in:t field_code_out:t field_on:f",
    ),
    "authorinfo": ("uid:i field:i info:t",),
    "stories": (_STORIES, _STORIES.removesuffix(" challenges:c")),
    "chapters": (
        "chapid:i title:t inorder:i notes:t storytext:t endnotes:t validated:f wordcount:i rating:i reviews:i sid:i uid:i count:i",
        "chapid:i title:t inorder:i notes:t storytext:t validated:f wordcount:i rating:i reviews:i sid:i uid:i count:i",
        "chapid:i title:t inorder:i notes:t storytext:t validated:f wordcount:i rating:i reviews:i sid:i uid:i",
    ),
    "coauthors": ("sid:i uid:i",),
    "categories": (
        "catid:i parentcatid:i category:t description:t image:t locked:f leveldown:i displayorder:i numitems:i",
    ),
    "characters": ("charid:i catid:i charname:t bio:t image:t",),
    "classtypes": ("classtype_id:i classtype_name:t classtype_title:t",),
    "classes": ("class_id:i class_type:i class_name:t",),
    "genres": ("gid:i genre:t",),
    "warnings": ("wid:i warning:t",),
    "ratings": ("rid:i rating:t ratingwarning:f warningtext:t",),
    "reviews": (
        "reviewid:i item:i chapid:i reviewer:t uid:i review:t date:d rating:i respond:f type:t",
        "reviewid:i item:i chapid:i reviewer:t uid:i review:t date:d rating:i respond:f",
    ),
    "series": (
        _SERIES_HEAD + "rating:i classes:c characters:c reviews:i numstories:i challenges:c",
        _SERIES_HEAD + "classes:c rating:i reviews:i warnings:c genres:c characters:c",
        _SERIES_HEAD + "classes:c rating:i reviews:i warnings:c genres:c characters:c challenges:c numstories:i",
        _SERIES_HEAD + "rating:i classes:c characters:c reviews:i numstories:i warnings:c challenges:c genres:c",
    ),
    "inseries": (
        "seriesid:i sid:i subseriesid:i confirmed:f inorder:i",
        "seriesid:i sid:i subseriesid:i confirmed:f inorder:i updated:d",
        "seriesid:i sid:i inorder:i",
    ),
    "challenges": ("chalid:i challenger:t uid:i title:t catid:c characters:c summary:t responses:i",),
    "favorites": ("uid:i item:i type:t comments:t",),
    "news": ("nid:i author:t title:t story:t time:d comments:i", "nid:i author:t title:t story:t time:d"),
    "comments": ("cid:i nid:i uid:i comment:t time:d",),
    "messages": ("message_id:i message_name:t message_title:t message_text:t",),
    "settings": (
        _SETTINGS_HEAD + "allowseries:f " + _SETTINGS_TAIL,
        _SETTINGS_HEAD + "allowseries:f " + _SETTINGS_TAIL + " anonrecs:f rectarget:f autovalrecs:f",
        _SETTINGS_HEAD + _SETTINGS_TAIL + " anonrecs:f rectarget:f autovalrecs:f",
        _SETTINGS_HEAD + "allowseries:f " + _SETTINGS_TAIL.removesuffix(" anonchallenges:f"),
        _SETTINGS_HEAD + _SETTINGS_TAIL,
    ),
}

OTHER_NAMES = {
    "item": ("sid",),
    "chapid": ("psid",),
    "uid": ("member", "memberid"),
    "storynotes": ("notes",),
    "characters": ("charid",),
    "charid": ("characters",),
    "count": ("counter",),
}
"""What a column was called on older sites; asked for only when the newer name is absent."""

IDENTITY: dict[str, tuple[str, ...]] = {
    "authors": ("uid",),
    "authorprefs": ("uid",),
    "authorfields": ("field_id",),
    "authorinfo": ("uid", "field"),
    "stories": ("sid",),
    "chapters": ("chapid",),
    "coauthors": ("sid", "uid"),
    "categories": ("catid",),
    "characters": ("charid",),
    "classtypes": ("classtype_id",),
    "classes": ("class_id",),
    "genres": ("gid",),
    "warnings": ("wid",),
    "ratings": ("rid",),
    "reviews": ("reviewid",),
    "series": ("seriesid",),
    "inseries": ("seriesid", "sid", "subseriesid"),
    "challenges": ("chalid",),
    "favorites": ("uid", "item", "type"),
    "news": ("nid",),
    "comments": ("cid",),
    "messages": ("message_id",),
    "settings": ("sitekey",),
}
"""Which columns tell two rows of a table apart; a second row with the same ones replaces the first."""

GROUPED_BY = {"chapters": "sid", "inseries": "seriesid", "coauthors": "sid"}
"""The column by which rows of a table are asked for again."""

LEFT_OUT: dict[str, str] = {
    "log": "private: what staff and members did on the old site",
    "online": "private: who was online",
    "poll_votes": "private: who voted for what",
    "shoutbox": "chatter of a side column",
    "poll": "polls are not carried over",
    "stats": "counters, counted anew",
    "blocks": "furniture of the old software",
    "panels": "furniture of the old software",
    "pagelinks": "furniture of the old software",
    "modules": "furniture of the old software",
    "codeblocks": "program code of the old software, never run",
}
"""Tables of eFiction that hold nothing to carry over, and the reason the report gives."""

NOT_EFICTION = "not an eFiction table"
ADD_ON = "table of an add-on that this reader does not know"

_ID = re.compile(rb"-?\d{1,18}\Z")
_IDS = re.compile(rb"[-\d, ]*\Z")
_DATE = re.compile(rb"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d+)?)?\Z|0\Z|\d{8,10}\Z|\d{14}\Z")
_TABLE = re.compile(rf"(.*){MARK}(\w+)\Z", re.IGNORECASE | re.DOTALL)


def split_name(table: str) -> tuple[str, str] | None:
    """("wb_", "stories") for `wb_fanfiction_stories`; None for a table of other software."""
    match = _TABLE.match(table)
    return (match[1], match[2].lower()) if match else None


@dataclass(slots=True)
class Layout:
    """Where each column stands in the rows of one table. `guessed` = the dump did not say."""

    places: dict[str, int]
    guessed: bool = False
    types: dict[str, str] = field(default_factory=dict)

    def place(self, name: str) -> int | None:
        at = self.places.get(name)
        if at is None:
            at = next((self.places[other] for other in OTHER_NAMES.get(name, ()) if other in self.places), None)
        return at


def known(columns: Iterable[str], types: dict[str, str] | None = None) -> Layout:
    """The layout of rows whose columns are named by the dump; names are compared without case."""
    return Layout({_canonical(name): at for at, name in enumerate(columns)}, types=types or {})


def _canonical(name: str) -> str:
    return "tinyMCE" if name.lower() == "tinymce" else name.lower()


class Guess:
    """Chooses the layout of a table whose columns are not named: by number of columns, then by how its values look."""

    SAMPLE = 300

    def __init__(self, table: str, width: int) -> None:
        layouts = [[column.split(":") for column in text.split()] for text in COLUMNS[table]]
        fitting = [layout for layout in layouts if len(layout) == width]
        if not fitting:  # add-ons append columns of their own: the longest layout that is no longer than the row
            shorter = [layout for layout in layouts if len(layout) < width] or layouts
            longest = max(len(layout) for layout in shorter)
            fitting = [layout for layout in shorter if len(layout) == longest]
        self.exact = len(fitting[0]) == width
        self.candidates = fitting
        self.scores = [0] * len(fitting)
        self.seen = 0

    def look(self, values: tuple[Value, ...]) -> None:
        if len(self.candidates) > 1 and self.seen < self.SAMPLE:
            self.seen += 1
            for number, layout in enumerate(self.candidates):
                self.scores[number] += sum(
                    plausible(kind, value) for (_, kind), value in zip(layout, values, strict=False)
                )

    def layout(self) -> Layout:
        best = max(range(len(self.candidates)), key=lambda number: self.scores[number])
        return Layout({name: at for at, (name, _) in enumerate(self.candidates[best])}, guessed=True)


def plausible(kind: str, value: Value) -> int:
    """1 when a value looks like its column, 0 when it says nothing, -2 when it speaks against it."""
    if value is None or value == b"":
        return 0
    if isinstance(value, int):
        value = b"%d" % value
    if kind == "i":
        fits = _ID.match(value)
    elif kind == "f":
        fits = _ID.match(value) if len(value) <= 2 else None
    elif kind == "c":
        fits = _IDS.match(value)
    elif kind == "d":
        fits = _DATE.match(value)
    else:
        return 0 if _ID.match(value) else 1
    return 1 if fits else -2
