"""The embedded engine. Hides Tantivy: its schema, tokenizer, query objects, writer lock and reader reload.

Measured traps this file lives with: ids must be *signed* integers or updates delete nothing; a query of exclusions only
finds nothing; facet counts are exact only with a large `segment_size`; tokenizers are registered again after every open.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Query

from fanthology.search.document import FACET_KINDS, UNDATED, Answer, Document, Wanted
from fanthology.search.query import All, AnyOf, Between, Exactly, Node, Not, TagNamed, Word

SCHEMA = 1
TEXTS = {"title": 7.0, "authors": 5.0, "tags": 3.0, "series": 2.0, "summary": 2.0, "body": 1.0}
NUMBERS = (
    *("words", "chapters", "updated", "published", "kudos", "reviews", "complete", "crossover", "members_only"),
    *("warnings_unknown", "title_order", "author_order"),
)
SORTS = {
    "updated": ("updated", True),
    "published": ("published", True),
    "words": ("words", True),
    "shortest": ("words", False),
    "kudos": ("kudos", True),
    "reviews": ("reviews", True),
    "title": ("title_order", False),
    "author": ("author_order", False),
}
HEAP_OF_THREAD = 15_000_000
SEGMENT_SIZE = 20_000
MANY = 4_000
"""Hits beyond which counting takes milliseconds, and two threads pay: Tantivy lets go of Python meanwhile."""
LONGEST_COUNT = "additional"
"""The kind with the most tags on each work and in all: counting it takes as long as all others together."""
# One token per Han, Kana, Hangul or Thai character (a word of theirs is asked for as a phrase), else a run of letters.
_ONE_BY_ONE = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}]"
_TOKENS = rf"{_ONE_BY_ONE}|[\p{{L}}\p{{N}}\p{{M}}&&[^\p{{Han}}\p{{Hiragana}}\p{{Katakana}}\p{{Hangul}}\p{{Thai}}]]+"


def _analyzer() -> tantivy.TextAnalyzer:
    tokens = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(_TOKENS))
    return (
        tokens.filter(tantivy.Filter.remove_long(80))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .build()
    )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True, fast=True)
    for name in TEXTS:
        builder.add_text_field(name, stored=False, tokenizer_name="prose")
    for name in NUMBERS:
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_integer_field("found_under", indexed=True)
    for kind in FACET_KINDS:
        builder.add_integer_field(kind, fast=True)
    builder.add_text_field("language", fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


def _aggregated(searcher: tantivy.Searcher, query: Query, asked: dict[str, Any], *, in_two: bool) -> dict[str, Any]:
    if not in_two:
        return dict(searcher.aggregate(query, asked))
    others = {name: what for name, what in asked.items() if name != LONGEST_COUNT}
    with ThreadPoolExecutor(1) as beside:
        longest = beside.submit(searcher.aggregate, query, {LONGEST_COUNT: asked[LONGEST_COUNT]})
        return {**searcher.aggregate(query, others), **longest.result()}


class Engine:
    """One index in one folder. Reading is safe from many threads and processes; `writing` is for one at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, path=str(folder))
        self._analyzer = _analyzer()
        self._index.register_tokenizer("prose", self._analyzer)
        self._seen = 0
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def writing(self, *, threads: int = 1) -> Iterator[Writing]:
        """Put and drop documents; all of it is found after the block, or none if it raises."""
        writer = self._index.writer(HEAP_OF_THREAD * threads, threads)
        try:
            yield Writing(writer)
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()
        self._index.reload()

    def count(self) -> int:
        return self._searcher().num_docs

    def ids(self) -> set[int]:
        """Every id in the index, for `fanthology check`."""
        searcher = self._searcher()
        found = searcher.search(Query.all_query(), limit=max(searcher.num_docs, 1))
        return set(self._ids(searcher, [address for _, address in found.hits]))

    def find(self, wanted: Wanted) -> Answer:
        searcher = self._searcher()
        query = self._query(wanted)
        order, descending = SORTS.get(wanted.sort, (None, True))
        direction = tantivy.Order.Desc if descending else tantivy.Order.Asc
        result = searcher.search(
            query, limit=max(wanted.limit, 1), offset=wanted.offset, count=True, order_by_field=order, order=direction
        )
        ids = self._ids(searcher, [address for _, address in result.hits[: wanted.limit]])
        total: int = result.count  # type: ignore[attr-defined]  # the stub has forgotten it
        if not wanted.facets or not total:
            return Answer(ids, total)
        return self._with_facets(searcher, query, wanted, ids, total)

    def snippet(self, node: Node, text: str, *, most: int = 240) -> str:
        """A piece of plain `text` around the words asked for, as HTML with <b> around them; "" where none occur."""
        query = self._words_only(node)
        if query is None:
            return ""
        generator = tantivy.SnippetGenerator.create(self._searcher(), query, self._schema, "body")
        generator.set_max_num_chars(most)
        document = tantivy.Document()
        document.add_text("body", text)
        made = generator.snippet_from_doc(document)
        return made.to_html() if made.highlighted() else ""

    def _ids(self, searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]) -> tuple[int, ...]:
        return tuple(int(number) for number in searcher.fast_field_values("id", addresses) if number is not None)

    def _searcher(self) -> tantivy.Searcher:
        """A searcher over the last commit of any process: the index's own list of segments tells when there is a new one."""
        changed = (self.folder / "meta.json").stat().st_mtime_ns
        with self._lock:
            if changed != self._seen:
                self._index.reload()
                self._seen = changed
        return self._index.searcher()

    def _with_facets(
        self, searcher: tantivy.Searcher, query: Query, wanted: Wanted, ids: tuple[int, ...], total: int
    ) -> Answer:
        asked: dict[str, Any] = {
            name: {"terms": {"field": name, "size": wanted.buckets, "segment_size": SEGMENT_SIZE}}
            for name in (*FACET_KINDS, "complete")
        }
        asked["language"] = {"terms": {"field": "language", "size": 60, "segment_size": 1_000}}
        found = _aggregated(searcher, query, asked, in_two=total > MANY)
        counts = {name: {_key(bucket): bucket["doc_count"] for bucket in found[name]["buckets"]} for name in asked}
        return Answer(
            ids,
            total,
            {kind: counts[kind] for kind in FACET_KINDS},
            {str(code): number for code, number in counts["language"].items()},
            counts["complete"],
        )

    def _query(self, wanted: Wanted) -> Query:
        must: list[tuple[Occur, Query]] = []
        node = self._node(wanted.node, wanted)
        if node is not None:
            must.append((Occur.Must, node))
        must.extend((Occur.Must, self._term("found_under", tag)) for tag in wanted.include)
        must.extend(
            (Occur.Must, Query.term_set_query(self._schema, "found_under", list(group))) for group in wanted.any_of
        )
        if wanted.exclude:
            must.append((Occur.MustNot, Query.term_set_query(self._schema, "found_under", list(wanted.exclude))))
        if wanted.leave_out_unknown_warnings:
            must.append((Occur.MustNot, self._term("warnings_unknown", 1)))
        if not wanted.members:
            must.append((Occur.MustNot, self._term("members_only", 1)))
        return Query.boolean_query([(Occur.Must, Query.all_query()), *must]) if must else Query.all_query()

    def _node(self, node: Node, wanted: Wanted) -> Query | None:
        """The engine's query for a tree; None where nothing of it can be asked (a word without a letter)."""
        match node:
            case All(parts):
                return self._joined(Occur.Must, parts, wanted)
            case AnyOf(parts):
                return self._joined(Occur.Should, parts, wanted)
            case Not(part):
                inside = self._node(part, wanted)
                return inside and Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, inside)])
            case Word():
                return self._word(node)
            case TagNamed():
                return self._tag(node, wanted)
            case Between(name, low, high):
                if low is None and name in UNDATED:  # what has no date is not old
                    low = UNDATED[name] + 1
                return Query.range_query(
                    self._schema, name, tantivy.FieldType.Integer, lower_bound=low, upper_bound=high
                )
            case Exactly("language", value):
                return self._language(value)
            case Exactly(name, value):
                return self._term(name, int(value))

    def _joined(self, occur: Occur, parts: Iterable[Node], wanted: Wanted) -> Query | None:
        made = [query for query in (self._node(part, wanted) for part in parts) if query is not None]
        return Query.boolean_query([(occur, query) for query in made]) if made else None

    def _word(self, word: Word) -> Query | None:
        names = [word.field] if word.field else list(TEXTS)
        made = [(name, query) for name in names if (query := self._words(name, word.text)) is not None]
        if not made:
            return None
        return Query.boolean_query([(Occur.Should, Query.boost_query(query, TEXTS[name])) for name, query in made])

    def _words(self, name: str, text: str) -> Query | None:
        """The tokens of `text` in this order in one field: a hyphenated word and a Chinese word are phrases too."""
        tokens = self._analyzer.analyze(text)
        if not tokens:
            return None
        if len(tokens) == 1:
            return Query.term_query(self._schema, name, tokens[0])
        return Query.phrase_query(self._schema, name, list(tokens))

    def _tag(self, tag: TagNamed, wanted: Wanted) -> Query | None:
        resolved = wanted.tags.get(f"{tag.kind}:{tag.name}")
        if resolved is not None and resolved.ids:
            return Query.term_set_query(self._schema, "found_under", list(resolved.ids))
        return self._words("tags", tag.name)

    def _language(self, code: str) -> Query:
        """`de` finds de, de-AT and all others: a language's code comes before the hyphen."""
        plain = "".join(character for character in code if character.isalnum() or character == "-")
        return Query.regex_query(self._schema, "language", f"{plain}(-.*)?")

    def _term(self, name: str, value: int) -> Query:
        return Query.term_query(self._schema, name, value)

    def _words_only(self, node: Node) -> Query | None:
        """What of a tree can be lit up in a text: its words, not those it excludes."""
        found = [query for word in _words_of(node) if (query := self._words("body", word.text)) is not None]
        return Query.boolean_query([(Occur.Should, query) for query in found]) if found else None


class Writing:
    """An open batch."""

    def __init__(self, writer: tantivy.IndexWriter) -> None:
        self._writer = writer

    def put(self, document: Document, *, is_new: bool = False) -> None:
        """Put a document in the place of an older one with its id; `is_new` where there can be none."""
        if not is_new:
            self.drop(document.id)
        row = tantivy.Document()
        row.add_integer("id", document.id)
        for name in TEXTS:
            row.add_text(name, getattr(document, name))
        for name in NUMBERS:
            row.add_integer(name, getattr(document, name))
        for tag in document.found_under:
            row.add_integer("found_under", tag)
        for kind in FACET_KINDS:
            for tag in document.facets.get(kind, ()):
                row.add_integer(kind, tag)
        if document.language:
            row.add_text("language", document.language.lower())
        self._writer.add_document(row)

    def drop(self, work_id: int) -> None:
        self._writer.delete_documents_by_term("id", work_id)


def _words_of(node: Node) -> Iterator[Word]:
    match node:
        case Word(_, name) if name in ("", "body"):
            yield node
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _words_of(part)


def _key(bucket: dict[str, Any]) -> Any:
    key = bucket["key"]
    return key if isinstance(key, str) else int(key)
