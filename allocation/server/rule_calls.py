"""Answers of the rule service, but for trials; each runs in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allocation.errors import UnknownRuleSetError
from allocation.rule_cases.check import check_cases
from allocation.rule_store import RuleStore
from allocation.rule_store.session import NO_NUMBER
from allocation.server.codec.findings import Findings
from allocation.server.codec.rule_set import encode_activation, encode_finding, encode_rules
from allocation.server.codec.text import decode_id, decode_prose
from allocation.server.network_store import NetworkStore
from allocation.server.number_pages import number_token, numbered_page
from allocation.server.planner import Planner
from allocation.server.rule_sets import RuleSets, parse_stored
from allocation.server.rule_texts import check_size, usable_rules
from allocation.v1 import rule_service_pb2 as pb
from routing.rules.checking import check_rule_set


@dataclass(frozen=True, slots=True)
class RuleCalls:
    """Reads requests, asks the store, writes answers.

    Attributes
    ----------
    store
        Keeps revisions and activations.
    network
        What rule sets are compared with, once it has locations.
    planner
        Plans the cases of rule sets.
    rule_sets
        What plans use; told of an activation at once.
    now
        Wall clock: aware UTC datetimes.
    """

    store: RuleStore
    network: NetworkStore
    planner: Planner
    rule_sets: RuleSets
    now: Callable[[], datetime]

    def validate(self, request: pb.ValidateRulesRequest) -> pb.ValidateRulesResponse:
        """Return everything that a check finds.

        Raises
        ------
        InvalidRequestError
            The texts are missing or too large.
        """
        findings = Findings()
        check_size(request.yaml, "yaml", findings)
        check_size(request.cases_yaml, "cases_yaml", findings, required=False)
        findings.raise_if_refused()
        state = self.network.state
        network = state.network if state.network.locations else None
        today = self.now().date()
        rule_set, found = check_rule_set(request.yaml, "rules", network=network, today=today)
        answer = pb.ValidateRulesResponse(findings=map(encode_finding, found))
        if rule_set is not None and request.cases_yaml:
            cases = check_cases(rule_set, request.cases_yaml, network, self.planner, coverage=False)
            for each in (*cases.findings, *cases.failures):
                answer.findings.append(encode_finding(each, in_cases=True))
        return answer

    def put(self, request: pb.PutRulesRequest) -> pb.PutRulesResponse:
        """Store a revision.

        Raises
        ------
        InvalidRequestError, RulesInvalidError, LedgerUnavailableError
        """
        findings = Findings()
        check_size(request.yaml, "yaml", findings)
        author = decode_prose(request.author, "author", findings)
        comment = decode_prose(request.comment, "comment", findings)
        findings.raise_if_refused()
        _, warnings = usable_rules(request.yaml, "yaml", "rules")
        answer = pb.PutRulesResponse(findings=map(encode_finding, warnings))
        if not request.validate_only:
            stored = self.store.put(request.yaml, author=author, comment=comment, now=self.now())
            answer.rule_set.CopyFrom(encode_rules(stored))
        return answer

    def activate(self, request: pb.ActivateRulesRequest) -> pb.ActivateRulesResponse:
        """Make a revision decide; in this process it does so before the answer.

        Raises
        ------
        InvalidRequestError, UnknownRuleSetError, RulesInvalidError, RulesEtagMismatchError,
        LedgerUnavailableError
        """
        findings = Findings()
        revision = decode_id(request.revision, "revision", findings)
        author = decode_prose(request.author, "author", findings)
        comment = decode_prose(request.comment, "comment", findings)
        etag = decode_prose(request.etag, "etag", findings)
        findings.raise_if_refused()
        # What this version cannot use must not come to decide.
        parse_stored(self.store.get(revision))
        _, stored = self.store.activate(
            revision, author=author, comment=comment, now=self.now(), etag=etag
        )
        self.rule_sets.refresh()
        return pb.ActivateRulesResponse(rule_set=encode_rules(stored))

    def get(self, request: pb.GetRulesRequest) -> pb.GetRulesResponse:
        """Return a revision.

        Raises
        ------
        UnknownRuleSetError, LedgerUnavailableError
        """
        if request.revision:
            return pb.GetRulesResponse(rule_set=encode_rules(self.store.get(request.revision)))
        _, active = self.store.active()
        if active is None:
            raise UnknownRuleSetError(
                "no rule set was activated yet; preset:cheapest decides until then",
                {"rule_set": ""},
            )
        return pb.GetRulesResponse(rule_set=encode_rules(active))

    def list_rules(self, request: pb.ListRulesRequest) -> pb.ListRulesResponse:
        """Return a page of revisions.

        Raises
        ------
        InvalidRequestError, LedgerUnavailableError
        """
        size, before = numbered_page(request.page_size, request.page_token, NO_NUMBER)
        found = self.store.revisions(before, size + _ONE_MORE)
        return pb.ListRulesResponse(
            rule_sets=map(encode_rules, found[:size]),
            next_page_token=number_token(found[size - 1].number) if len(found) > size else "",
        )

    def list_activations(self, request: pb.ListActivationsRequest) -> pb.ListActivationsResponse:
        """Return a page of activations.

        Raises
        ------
        InvalidRequestError, LedgerUnavailableError
        """
        size, before = numbered_page(request.page_size, request.page_token, NO_NUMBER)
        found = self.store.activations(before, size + _ONE_MORE)
        return pb.ListActivationsResponse(
            activations=map(encode_activation, found[:size]),
            next_page_token=number_token(found[size - 1].number) if len(found) > size else "",
        )


_ONE_MORE: Final = 1
"""Read beyond a page, to know whether there is another."""
