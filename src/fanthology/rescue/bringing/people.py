"""Members of the former site → unclaimed pen names, their private things apart; and their favourites, kept for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction

from fanthology.base.failpoints import reach
from fanthology.formats.dumps.records import FavouriteRecord, PersonRecord
from fanthology.people.actions import add_unclaimed_pen_names, change_pen_name
from fanthology.people.models import PenName
from fanthology.works.actions import is_import_forbidden
from fanthology.works.dates import known_date

from ..digests import compare, digest, digests_of, whole
from ..models import Conflict, FormerMember, SourceKey
from .known import Bringing

FORBIDDEN = "asked not to be brought in"
PRIVATE = (
    "email", "real_name", "password_hash", "website", "contacts", "level", "was_trusted", "was_beta_reader",
)  # fmt: skip


def bring_people(bringing: Bringing, batch: list[PersonRecord]) -> None:
    """Add, update or leave out these members, in one transaction."""
    allowed = [record for record in batch if not _is_forbidden(bringing, record)]
    with transaction.atomic():
        rows = bringing.known.rows("person", [record.key for record in allowed])
        new = [record for record in allowed if record.key not in rows]
        pen_names = add_unclaimed_pen_names(newcomers=[_pen_name(bringing, record) for record in new])
        keys = [
            bringing.known.new("person", record.key, pen_name.pk, _fields(record))
            for record, pen_name in zip(new, pen_names, strict=True)
        ]
        bringing.known.save(keys)
        members = [
            _former_member(bringing, record, pen_name.pk) for record, pen_name in zip(new, pen_names, strict=True)
        ]
        FormerMember.objects.bulk_create(members, batch_size=200)
        _meet_again(bringing, [record for record in allowed if record.key in rows], rows)
        bringing.write_notes()
        reach("rescue.people")
    bringing.account.did("person", "added", len(new))


def _is_forbidden(bringing: Bringing, record: PersonRecord) -> bool:
    if not bringing.forbids:
        return False
    site, masked = bringing.site.name, record.private.pen_name
    asked = is_import_forbidden(email=record.private.email, name=masked or record.name, site=site)
    asked = asked or (bool(masked) and is_import_forbidden(email=masked))
    if asked:  # not even the name goes into the account
        bringing.leave_out("person", record.key, FORBIDDEN)
    return asked


def _fields(record: PersonRecord) -> dict[str, object]:
    return {"name": record.name[:200] or "Unnamed", "bio": str(record.bio), "joined": (record.joined or "")[:10]}


def _pen_name(bringing: Bringing, record: PersonRecord) -> PenName:
    joined_on, precision = known_date(record.joined)
    return PenName(
        name=record.name[:200] or "Unnamed",
        bio=record.bio,
        bio_is_shown=False,
        joined_on=joined_on,
        joined_precision=precision,
        origin=bringing.site.name[:200],
    )


def _former_member(bringing: Bringing, record: PersonRecord, pen_name_id: int) -> FormerMember:
    contacts = [list(contact) for contact in record.private.contacts]
    if record.private.pen_name:
        contacts.append(["pen name", record.private.pen_name])
    return FormerMember(
        site=bringing.site,
        old_id=record.key,
        pen_name_id=pen_name_id,
        email=record.private.email[:254],
        real_name=record.private.real_name[:200],
        password_hash=record.private.password_hash[:200],
        website=record.website[:500],
        contacts=contacts,
        level=max(-32768, min(32767, record.level)),
        was_trusted=record.trusted,
        was_beta_reader=record.beta_reader,
    )


def _meet_again(bringing: Bringing, records: list[PersonRecord], rows: dict[str, SourceKey]) -> None:
    _refresh_private(bringing, records)
    same, changed = [], []
    for record in records:
        row, theirs = rows[record.key], digests_of(_fields(record))
        if row.digest == whole(theirs):
            same.append(row)
            bringing.account.did("person", bringing.known.outcome_of(row))
        else:
            changed.append((record, row, theirs))
    bringing.known.seen_again(same)
    for record, row, theirs in changed:
        _update(bringing, record, row, theirs)


def _refresh_private(bringing: Bringing, records: list[PersonRecord]) -> None:
    """What is private follows the newest dump: a member proves by it who they are."""
    members = FormerMember.objects.filter(site=bringing.site, old_id__in=[record.key for record in records])
    by_key = {member.old_id: member for member in members}
    for record in records:
        member = by_key.get(record.key)
        if member is None:
            continue
        newer = _former_member(bringing, record, member.pen_name_id)
        changed = [name for name in PRIVATE if getattr(newer, name) != getattr(member, name)]
        for name in changed:
            setattr(member, name, getattr(newer, name))
        if changed:
            member.save(update_fields=changed)


def _update(bringing: Bringing, record: PersonRecord, row: SourceKey, theirs: dict[str, str]) -> None:
    """Take over what changed there and not here; a claimed pen name is its owner's, so nothing of it is touched."""
    pen_name = PenName.objects.filter(pk=row.object_id).first()
    outcome = "unchanged"
    if pen_name is not None and pen_name.status == PenName.Status.UNCLAIMED:
        joined = pen_name.joined_on.isoformat() if pen_name.joined_on else ""
        here = {"name": pen_name.name, "bio": pen_name.bio, "joined": joined}
        found = compare(imported=row.digests, theirs=theirs, ours=digests_of(here))
        fields = _fields(record)
        if found.take:
            change_pen_name(
                pen_name=pen_name,
                name=str(fields["name"]) if "name" in found.take else None,
                bio=str(fields["bio"]) if "bio" in found.take else None,
                joined=known_date(record.joined) if "joined" in found.take else None,
            )
            outcome = "updated"
        for name in found.conflicts:
            outcome = "conflict"
            Conflict.objects.get_or_create(
                run=bringing.run, source_key=row, field=name, defaults={"theirs": str(fields[name])}
            )
    row.digests, row.digest, row.last_run = theirs, whole(theirs), bringing.run
    row.save()
    bringing.note("person", record.key, outcome, title=record.name, object_id=row.object_id)
    bringing.account.did("person", outcome)


@dataclass(slots=True)
class Favourites:
    """What members loved, kept with each of them until they come. Gathered, then put by in small transactions."""

    bringing: Bringing
    _waiting: defaultdict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))

    def take(self, record: FavouriteRecord) -> None:
        bringing = self.bringing
        if record.person in bringing.known.left_out["person"]:
            bringing.account.left_out_here("favourite", FORBIDDEN)
            return
        self._waiting[record.person].append({"kind": record.kind, "target": record.target, "comment": record.comment})
        bringing.account.did("favourite", "kept for their owner")

    @property
    def is_empty(self) -> bool:
        return not self._waiting

    def put_by(self) -> None:
        people = list(self._waiting)
        for start in range(0, len(people), 100):
            with transaction.atomic():
                some = people[start : start + 100]
                for member in FormerMember.objects.filter(site=self.bringing.site, old_id__in=some):
                    if digest(member.favourites) != digest(self._waiting[member.old_id]):
                        member.favourites = self._waiting[member.old_id]
                        member.save(update_fields=["favourites"])
                reach("rescue.favourites")
            self.bringing.beat()
        self._waiting.clear()
