"""What comes when: records in the order of a dump, gathered into batches of one kind, each handed to the file that knows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fanthology.formats.dumps.records import (
    ChallengeRecord,
    FavouriteRecord,
    NewsRecord,
    PageRecord,
    PersonRecord,
    RatingRecord,
    Record,
    ReviewRecord,
    SeriesRecord,
    SiteRecord,
    StoryRecord,
    TagRecord,
)

from .gatherings import bring_challenges
from .known import Bringing
from .pages import bring_news, bring_pages
from .people import Favourites, bring_people
from .reviews import bring_reviews
from .series import SeriesShelf
from .tags import Tags
from .works import Works

BATCH = {PersonRecord: 100, StoryRecord: 12, ReviewRecord: 60, NewsRecord: 20, PageRecord: 20, ChallengeRecord: 50}
STORY_CHARACTERS = 400_000


class Order:
    """Takes records one by one; `finish` after the last. Killed anywhere, it can be fed again from the start."""

    def __init__(self, bringing: Bringing) -> None:
        self.bringing = bringing
        self.tags = Tags(bringing)
        self.works = Works(bringing, self.tags)
        self.shelf = SeriesShelf(bringing)
        self.favourites = Favourites(bringing)
        self._batch: list[Any] = []
        self._weight = 0
        self._write: dict[type, Callable[[list[Any]], None]] = {
            PersonRecord: lambda batch: bring_people(bringing, batch),
            ChallengeRecord: lambda batch: bring_challenges(bringing, batch, self.tags),
            StoryRecord: self.works.bring,
            ReviewRecord: lambda batch: bring_reviews(bringing, batch),
            NewsRecord: lambda batch: bring_news(bringing, batch),
            PageRecord: lambda batch: bring_pages(bringing, batch),
        }

    def take(self, record: Record) -> None:
        match record:
            case SiteRecord():
                return
            case RatingRecord() | TagRecord():
                self.flush()
                self.tags.take(record)
            case SeriesRecord():
                self.flush()
                self.shelf.take(record)
            case FavouriteRecord():
                self.flush()
                self.favourites.take(record)
            case _:
                self._gather(record)

    def _gather(self, record: Record) -> None:
        if self._batch and type(self._batch[0]) is not type(record):
            self.flush()
        if isinstance(record, StoryRecord):
            self._weight += sum(len(chapter.text) for chapter in record.story.chapters)
        elif isinstance(record, ReviewRecord):
            self.shelf.put_up()
        self._batch.append(record)
        if len(self._batch) >= BATCH[type(record)] or self._weight >= STORY_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Write what is gathered. Afterwards everything taken so far is in the database, except series and favourites."""
        batch, self._batch, self._weight = self._batch, [], 0
        if batch:
            self.tags.settle()
            self._write[type(batch[0])](batch)
            self.bringing.beat()

    @property
    def is_at_rest(self) -> bool:
        """Nothing is held in memory but the batch: after `flush`, a later process may go on with the next record."""
        return self.tags.is_settled and self.shelf.is_empty and self.favourites.is_empty

    def finish(self) -> None:
        self.flush()
        self.tags.settle()
        self.shelf.put_up()
        self.favourites.put_by()
