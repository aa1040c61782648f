"""Works out from answers alone what must be true of lots, serials, kits and waiting units.

Whom arriving stock goes to is the ledger's to say; that nothing is lost, doubled, given twice,
too old, or promised beyond a limit is checked here, without any of the ledger's code.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.simulation.instants import at

UNSAID = ("id", "replayed", "came")
ALIVE = ("held", "committed")
KEPT = (*ALIVE, "fulfilled")
WAITING = "~waiting/"

Call = dict[str, Any]
Answer = dict[str, Any]
Row = dict[str, Any]


@dataclass
class ToldApartAuditor:
    """Keeps what was answered, and compares it with what a ledger shows.

    Attributes
    ----------
    came
        Units that came in, by level.
    supply
        What was last said to be on its way, and when that was, by item and place.
    told
        Every time at which units of a line were said to come.
    fed
        Every time at which supply was said to come, by item and place: a sweep whose answer is
        lost may have moved those who wait to any of them.
    recalled
        Lots, and since when.
    to_give_back
        Plans that were named in a recall, to be released.
    received, moved
        Places where a unit came in, and to which it was moved, by its serial.
    receipts
        How often a unit came in, by its serial.
    given_up
        Plans that somebody gave back, in part or as a whole.
    limit
        Most units of an item that may wait.
    """

    plans: dict[str, Answer] = field(default_factory=dict)
    first_answers: dict[str, Answer] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    came: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    supply: dict[tuple[str, str], tuple[int, list[list[int]]]] = field(default_factory=dict)
    told: dict[tuple[str, str, str], set[int | None]] = field(
        default_factory=lambda: defaultdict(set)
    )
    fed: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    recalled: dict[str, int] = field(default_factory=dict)
    to_give_back: list[str] = field(default_factory=list)
    given_up: set[str] = field(default_factory=set)
    received: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    receipts: Counter[str] = field(default_factory=Counter)
    moved: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    limit: int = 9
    allotted: int = 0
    slipped: int = 0
    acknowledged: int = 0
    refused: int = 0

    def answered(self, call: Call, answer: Answer) -> None:
        """Take an answer; answers to the same request have to be the same."""
        if "error" in answer:
            self.refused += 1
            return
        self.acknowledged += 1
        if call["request"]:
            said = {name: what for name, what in answer.items() if name not in UNSAID}
            first = self.first_answers.setdefault(call["request"], said)
            assert said == first, f"{call} was answered in two ways: {first} and {said}"
            if said is not first:
                return
        self._take(call, answer)

    def recalled_plan(self, known: Sequence[str]) -> str | None:
        """Return a plan that has to give a recalled lot back."""
        while self.to_give_back:
            plan_id = self.to_give_back.pop()
            if plan_id in known:
                return plan_id
        return None

    def state_at(self, plan_id: str, now: int) -> list[str]:
        """Return what has become of each row of a plan, as far as answers say."""
        plan = self.plans[plan_id]
        over = plan["expire"] <= now
        states = (row["state"] for row in plan["rows"])
        return ["expired" if over and state == "held" else state for state in states]

    def _take(self, call: Call, answer: Answer) -> None:
        op = call["op"]
        if "revision" in answer:
            self._plan(call, answer)
        elif op == "stock":
            for number, (item, place, lot, quantity, _) in enumerate(call["rows"]):
                if number not in answer["refused"]:
                    self.came[item, place, lot] += quantity
        elif op == "receive":
            self.came[call["item"], call["place"], call["lot"]] += call["quantity"]
            for serial in call["serials"]:
                self.received[serial].add(call["place"])
                self.receipts[serial] += 1
        elif op == "move":
            self.came[call["item"], call["place"], ""] -= call["quantity"]
            self.came[call["item"], call["to"], ""] += call["quantity"]
            for serial in call["serials"]:
                self.moved[serial].add(call["to"])
        elif op == "feed" and not answer["refused"]:
            self.fed[call["item"], call["place"]] |= {when for _, when in call["incoming"]}
            newest = self.supply.get((call["item"], call["place"]), (-1, []))
            if call["now"] > newest[0]:
                self.supply[call["item"], call["place"]] = (call["now"], call["incoming"])
        elif op == "recall":
            self.recalled.setdefault(call["lot"], call["now"])
            self.to_give_back += answer["named"]
        self.allotted += len(answer.get("allotted", ()))
        for plan_id, line, item, _, _, _, after in answer.get("slipped", ()):
            self.slipped += 1
            self.told[plan_id, line, item].add(after)

    def _plan(self, call: Call, answer: Answer) -> None:
        plan_id = answer["plan"]
        self.changed.add(plan_id)
        if call["op"] == "hold":
            for row in _waited(answer["rows"]):
                self.told[plan_id, row["line"], _item(row)].add(row["promised"])
            if call["replaces"]:
                self.given_up.add(call["replaces"])
                self.changed.add(call["replaces"])
        if call["op"] == "release":
            self.given_up.add(plan_id)
        known = self.plans.get(plan_id)
        if known is None or known["revision"] < answer["revision"]:
            self.plans[plan_id] = answer

    def check(
        self,
        look: Answer,
        now: int,
        scarce: dict[tuple[str, str], int],
        asked: Iterable[str] | None = None,
    ) -> None:
        """Compare with what a ledger shows when nothing is under way and all is swept."""
        del scarce
        assert look["audit"] == [], "the ledger's own audit"
        shown = {plan["plan"]: plan for plan in look["plans"]}
        assert set(shown) == set(self.plans if asked is None else asked), "a plan is lost"
        for plan_id, plan in shown.items():
            self._check_plan(self.plans[plan_id], plan, now)
            # From now on this is what is known of it.
            self.plans[plan_id] = plan
        every = [(name, row) for name in self.plans for row in self._rows_at(name, now)]
        levels = {(one["item"], one["place"], one["lot"]): one for one in look["levels"]}
        self._check_levels(levels, every)
        self._check_serials(every)
        self._check_places(look["serials"], every)
        self._check_pools(look, every)
        self._check_supply(levels, every)
        self._check_free(levels, every, now)

    def _rows_at(self, plan_id: str, now: int) -> Iterator[Row]:
        for row, state in zip(
            self.plans[plan_id]["rows"], self.state_at(plan_id, now), strict=True
        ):
            yield {**row, "state": state}

    def _check_plan(self, known: Answer, shown: Answer, now: int) -> None:
        """No unit of a plan is lost or doubled, and nothing acknowledged is undone."""
        assert _sums(known["rows"]) == _sums(shown["rows"]), f"units of {shown}, were {known}"
        for state in ("fulfilled",):
            before, after = _count(known["rows"], state), _count(shown["rows"], state)
            assert not before - after, f"{state} units of {known} are gone: {shown}"
        if shown["plan"] not in self.given_up:
            lost = [row for row in shown["rows"] if row["state"] in ("released", "expired")]
            committed = any(row["state"] in ("committed", "fulfilled") for row in known["rows"])
            assert not (committed and lost), f"{known} was committed, and is {shown}"
        for row in _waited(shown["rows"]):
            if row["item"].startswith(WAITING):
                told = self.told[shown["plan"], row["line"], _item(row)]
                fed = self.fed[_item(row), row["place"]] | {None}
                assert row["expected"] in told | fed, f"{row} of {shown['plan']}: told were {told}"

    def _check_levels(
        self,
        levels: dict[tuple[str, str, str], Row],
        every: list[tuple[str, Row]],
    ) -> None:
        units: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
        for _, row in every:
            if not row["item"].startswith(WAITING):
                where = (row["item"], row["place"], row["lot"])
                units[row["state"]][where] += row["quantity"]
        for where, level in levels.items():
            left = units["fulfilled"][where]
            expected = (self.came[where] - left, units["held"][where], units["committed"][where])
            found = (level["on_hand"], level["held"], level["committed"])
            assert found == expected, f"{where}: {found}, by the answers {expected}"
            if where[2] in self.recalled:
                assert level["on_hand"] - level["unavailable"] <= 0, f"{where} was recalled"
            else:
                promised = left + sum(expected[1:])
                assert promised <= self.came[where], f"{where}: {promised} promised"
        missing = {where for states in units.values() for where in states} - levels.keys()
        assert not missing, f"units of levels that are not there: {missing}"

    def _check_serials(self, every: list[tuple[str, Row]]) -> None:
        seen = Counter(
            serial for _, row in every if row["state"] in KEPT for serial in row["serials"]
        )
        # One that has left with a plan and come back may be in another.
        twice = {one for one, times in seen.items() if times > max(1, self.receipts[one])}
        assert not twice, f"serials in more plans than they came in for: {twice}"

    def _check_places(self, shown: dict[str, Row], every: list[tuple[str, Row]]) -> None:
        """A unit is in one place, and a plan that has it looks for it there."""
        shipped = set[str]()
        for plan_id, row in every:
            for serial in row["serials"] if row["state"] in KEPT else ():
                claim = shown[serial]
                if row["state"] in ALIVE:
                    assert claim["plan"] == plan_id, f"{serial} of {plan_id} is {claim}"
                    assert claim["place"] in (None, row["place"]), f"{serial} of {row}: {claim}"
                else:
                    shipped.add(serial)
        for serial, claim in shown.items():
            known = self.received[serial] | self.moved[serial]
            assert claim["place"] in known | {None}, f"{serial} is {claim}, was in {known}"
            assert not (claim["shipped"] and claim["place"]), f"{serial} has left and is {claim}"
        for serial, places in self.received.items():
            came = places - self.moved[serial]
            assert len(came) <= 1 or serial in shipped, f"{serial} came to {came} at once"

    def _check_pools(self, look: Answer, every: list[tuple[str, Row]]) -> None:
        waiting: Counter[str] = Counter()
        at_place: Counter[str] = Counter()
        for _, row in every:
            if row["item"].startswith(WAITING) and row["state"] in ALIVE:
                waiting[f"~pool/{_item(row)} ~everywhere"] += row["quantity"]
                at_place[f"{row['item']} {row['place']}"] += row["quantity"]
        counted = {name: units for name, units in look["counted"].items() if units}
        assert counted == {**waiting, **at_place}, "what is counted of units that wait"
        beyond = {name: units for name, units in waiting.items() if units > self.limit}
        assert not beyond, f"beyond the limit of {self.limit}: {beyond}"

    def _check_supply(
        self, levels: dict[tuple[str, str, str], Row], every: list[tuple[str, Row]]
    ) -> None:
        """By any time no more is promised than is said to come by then."""
        for (item, place), (_, incoming) in self.supply.items():
            shown = sorted(levels[item, place, "supply"]["incoming"])
            assert shown == sorted(incoming), f"supply of {item} at {place}"
            dated = [
                (row["expected"], row["quantity"])
                for _, row in every
                if row["item"] == WAITING + item
                and row["place"] == place
                and row["state"] in ALIVE
                and row["expected"] is not None
            ]
            for time, _ in dated:
                promised = sum(quantity for when, quantity in dated if when <= time)
                due = sum(quantity for quantity, when in incoming if when <= time)
                assert promised <= due, f"{item} at {place}: {promised} promised of {due} by {time}"

    def _check_free(
        self,
        levels: dict[tuple[str, str, str], Row],
        every: list[tuple[str, Row]],
        now: int,
    ) -> None:
        """Nobody waits for what is there, and nobody was given what is too old."""
        today, expiry = at(now).date(), {}
        for where, level in levels.items():
            expiry[where] = _day(level["expiry"])
            if level["available"] <= 0:
                continue
            for plan_id, row in every:
                waits = row["item"] == WAITING + where[0] and row["place"] == where[1]
                if waits and row["state"] in ALIVE:
                    fits = _lasts(expiry[where], today, row["shelf_days"])
                    assert not fits, f"{plan_id} waits for {where}, which has units: {row}"
        for plan_id, row in every:
            if row["waited"] and not row["item"].startswith(WAITING) and row["lot"]:
                lot = expiry[row["item"], row["place"], row["lot"]]
                then = today if row["committed"] is None else at(row["committed"]).date()
                assert _lasts(lot, then, row["shelf_days"]), f"{plan_id} was given {row} of {lot}"


def _waited(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row in rows if row["waited"])


def _item(row: Row) -> str:
    return str(row["item"]).removeprefix(WAITING)


def _sums(rows: Iterable[Row]) -> Counter[tuple[str, str, str]]:
    """Return units by line, item and place, waiting or not."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        sums[row["line"], _item(row), row["place"]] += row["quantity"]
    return sums


def _count(rows: Iterable[Row], state: str) -> Counter[tuple[str, str, str]]:
    return _sums(row for row in rows if row["state"] == state)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _lasts(expiry: date | None, day: date, shelf_days: int) -> bool:
    return expiry is None or expiry >= day + timedelta(days=shelf_days)
