"""The store of rule sets, the same in every database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from allocation.errors import UnknownRuleSetError
from allocation.ledger.instants import from_us, to_us
from allocation.rule_store.errors import RulesEtagMismatchError
from allocation.rule_store.session import NO_NUMBER, ActivationRow, RuleSetRow, Session
from allocation.rule_store.stored import Activation, RuleState, StoredRules, revision_of

T = TypeVar("T")


class RuleStore(ABC):
    """Keeps revisions and activations; safe to use from many threads and processes.

    Every write is atomic and durable before it answers. Every method may raise
    `LedgerUnavailableError`; repeating a write is then safe.
    """

    @abstractmethod
    def _read(self, work: Callable[[Session], T]) -> T:
        """Run `work` on one instant."""

    @abstractmethod
    def _write(self, work: Callable[[Session], T]) -> T:
        """Run `work` in a transaction; it may be run again when another one was in the way."""

    def put(self, text: str, *, author: str, comment: str, now: datetime) -> StoredRules:
        """Store a rule set as DRAFT, or return the revision that has this very text already.

        Parameters
        ----------
        text
            A rule set that was checked.
        now
            Aware UTC.
        """
        revision = revision_of(text)

        def work(session: Session) -> StoredRules:
            row = session.rule_set(revision)
            if row is None:
                number = session.last_number() + 1
                row = RuleSetRow(number, revision, text, author, comment, to_us(now))
                session.add_rule_set(row)
            return _stored(session, row)

        return self._write(work)

    def get(self, revision: str) -> StoredRules:
        """Return a revision.

        Raises
        ------
        UnknownRuleSetError
        """
        return self._read(lambda session: _stored(session, _known(session, revision)))

    def active(self) -> tuple[int, StoredRules | None]:
        """Return the number of the activation that decides, and its revision.

        0 and ``None`` as long as nothing was activated.
        """

        def work(session: Session) -> tuple[int, StoredRules | None]:
            last = session.last_activation()
            if last is None:
                return 0, None
            return last.number, _stored(session, _known(session, last.revision))

        return self._read(work)

    def activation_number(self) -> int:
        """Return the number of the activation that decides, 0 without one: cheap to ask often."""

        def work(session: Session) -> int:
            last = session.last_activation()
            return 0 if last is None else last.number

        return self._read(work)

    def activate(
        self, revision: str, *, author: str, comment: str, now: datetime, etag: str = ""
    ) -> tuple[int, StoredRules]:
        """Make a revision the one that decides; to repeat it changes nothing.

        Parameters
        ----------
        now
            Aware UTC.
        etag
            What the caller has seen of the revision; empty for whatever it is now.

        Returns
        -------
        int
            Number of the activation that decides now.
        StoredRules
            The revision, ACTIVE.

        Raises
        ------
        UnknownRuleSetError, RulesEtagMismatchError
        """

        def work(session: Session) -> tuple[int, StoredRules]:
            row = _known(session, revision)
            before = _stored(session, row)
            if etag and etag != before.etag:
                raise RulesEtagMismatchError(revision, etag, before.etag)
            last = session.last_activation()
            if last is not None and last.revision == revision:
                return last.number, before
            number = 1 if last is None else last.number + 1
            session.add_activation(ActivationRow(number, revision, author, comment, to_us(now)))
            return number, _stored(session, row)

        return self._write(work)

    def revisions(self, before: int = NO_NUMBER, limit: int = 100) -> tuple[StoredRules, ...]:
        """Return revisions numbered below `before`, newest first, without their texts."""
        return self._read(
            lambda session: tuple(_stored(session, row) for row in session.newest(before, limit))
        )

    def activations(self, before: int = NO_NUMBER, limit: int = 100) -> tuple[Activation, ...]:
        """Return activations numbered below `before`, newest first."""
        return self._read(
            lambda session: tuple(_activation(row) for row in session.activations(before, limit))
        )


def _known(session: Session, revision: str) -> RuleSetRow:
    row = session.rule_set(revision)
    if row is None:
        newest = ", ".join(each.revision for each in session.newest(NO_NUMBER, 3))
        raise UnknownRuleSetError(
            f"no rule set is stored as {revision!r}; "
            + (f"the newest are {newest}" if newest else "none is stored yet; put one"),
            {"rule_set": revision},
        )
    return row


def _stored(session: Session, row: RuleSetRow) -> StoredRules:
    own, last = session.last_activation_of(row.revision), session.last_activation()
    state = RuleState.DRAFT
    if own is not None:
        is_last = last is not None and last.number == own.number
        state = RuleState.ACTIVE if is_last else RuleState.RETIRED
    return StoredRules(
        revision=row.revision,
        number=row.number,
        state=state,
        text=row.text,
        author=row.author,
        comment=row.comment,
        create_time=from_us(row.create_us),
        activate_time=None if own is None else from_us(own.time_us),
        etag=f"{state.value}.{0 if own is None else own.number}",
    )


def _activation(row: ActivationRow) -> Activation:
    return Activation(row.number, row.revision, row.author, row.comment, from_us(row.time_us))
