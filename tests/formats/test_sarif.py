"""SARIF holds what GitHub needs, in the form that GitHub takes, and nothing that it would misread."""

import json
import random
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from checker.formats.sarif import fingerprints, render
from checker.model import Edit, Exemption, Fix, Gap, LastUse, Looks, ModuleCall, Related, Report, Severity, SourceText
from checker.rules import RULES as REAL_RULES
from tests.formats.golden import assert_golden
from tests.formats.reports import (
    AT,
    KEYS_TF,
    LIMIT,
    RULES,
    a_finding,
    a_key,
    a_key_finding,
    a_report,
    a_resource,
    a_rule,
    at,
    believable,
    hostile,
)

SCHEMA = json.loads(Path(__file__).parent.parent.joinpath("data/sarif/sarif-2.1.0.json").read_text(encoding="utf-8"))
SCHEMA["definitions"]["region"]["anyOf"] = [{"required": [start]} for start in ("startLine", "charOffset", "byteOffset")]
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
TEXT = SourceText(path="infra/payments/keys.tf", text=KEYS_TF)


def run_of(report: Report, **options: Any) -> dict[str, Any]:
    """The one run of a valid log."""
    log = json.loads(render(report, **options))
    VALIDATOR.validate(log)
    assert len(log["runs"]) == 1
    return log["runs"][0]


def results_of(*findings: Any, **changes: Any) -> list[dict[str, Any]]:
    """The results of a report that holds these findings."""
    return run_of(a_report(*findings, **changes))["results"]


def result_of(*findings: Any, **changes: Any) -> dict[str, Any]:
    """The one result of a report that holds these findings."""
    results = results_of(*findings, **changes)
    assert len(results) == 1
    return results[0]


def notifications(report: Report) -> list[dict[str, Any]]:
    return run_of(report)["invocations"][0]["toolExecutionNotifications"]


def test_the_whole_report() -> None:
    """Everything that a believable report holds."""
    assert_golden("report.sarif", render(believable()))


@pytest.mark.parametrize("report", [believable(), hostile(), a_report()], ids=["believable", "hostile", "empty"])
def test_every_result_has_a_place_that_github_takes(report: Report) -> None:
    """One result without a usable place would make GitHub reject the whole file."""
    for result in run_of(report, suppressed=True)["results"]:
        where = result["locations"][0]["physicalLocation"]
        uri = where["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9/._~%-]+", uri)
        assert not uri.startswith(("/", ".."))
        assert set(where["region"]) >= {"startLine", "startColumn", "endLine", "endColumn"}


def test_an_empty_report_has_an_empty_list_of_results() -> None:
    """Uploading it closes the alerts of the run before."""
    run = run_of(a_report())
    assert run["results"] == []
    assert run["invocations"] == [{"executionSuccessful": True}]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [rule.id for rule in RULES]


def test_columns_are_code_points() -> None:
    """Our columns count code points, and the log says so."""
    assert run_of(a_report())["columnKind"] == "unicodeCodePoints"


@pytest.mark.parametrize(
    ("severity", "level", "score"),
    [
        (Severity.LOW, "note", "2.0"),
        (Severity.MEDIUM, "warning", "5.5"),
        (Severity.HIGH, "error", "8.0"),
        (Severity.CRITICAL, "error", "9.5"),
    ],
)
def test_severities_as_github_and_gitlab_read_them(severity: Severity, level: str, score: str) -> None:
    """Level and rank of the result, and the rule's security-severity, a string, follow the policy's severity."""
    run = run_of(a_report(a_finding(severity=severity)))
    rule = run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"]]
    assert (run["results"][0]["level"], run["results"][0]["rank"]) == (level, float(score) * 10)
    assert (rule["id"], rule["properties"]["security-severity"]) == ("no-rotation", score)
    assert rule["defaultConfiguration"]["level"] == level


def test_every_real_rule_is_described_in_full() -> None:
    """Short and full description, help as text and as Markdown, tags and precision, for each rule that was on."""
    rules = run_of(a_report(rules=REAL_RULES))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in REAL_RULES]
    for rule, real in zip(rules, REAL_RULES, strict=True):
        assert rule["shortDescription"]["text"] == f"{real.title}."
        assert rule["fullDescription"]["text"].startswith(real.title)
        assert rule["fullDescription"]["text"].endswith((".", ":"))
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["markdown"] == real.doc.strip()
        assert "```" not in rule["help"]["text"]
        assert "security" in rule["properties"]["tags"]
        assert len(rule["properties"]["tags"]) <= 10
        assert rule["properties"]["precision"] in ("very-high", "high")


def test_a_long_description_ends_with_a_sentence() -> None:
    """GitHub takes 1,024 characters."""
    rule = replace(a_rule("x", Severity.LOW, Looks.CODE, "Fault"), doc="Fault.\n\n" + "A sentence of six words here. " * 60)
    text = run_of(a_report(rules=(rule,)))["tool"]["driver"]["rules"][0]["fullDescription"]["text"]
    assert 950 < len(text) <= 1024
    assert text.endswith("words here.")
    endless = replace(rule, doc="Fault.\n\n" + "word" * 400)
    assert run_of(a_report(rules=(endless,)))["tool"]["driver"]["rules"][0]["fullDescription"]["text"] == "Fault."


def test_a_rule_that_only_a_finding_names_is_described_by_its_name() -> None:
    """A report that another release wrote may name a rule that this one does not know."""
    run = run_of(a_report(a_finding("future-rule", Severity.MEDIUM)))
    rule = run["tool"]["driver"]["rules"][-1]
    assert (rule["id"], rule["name"], rule["properties"]["security-severity"]) == ("future-rule", "FutureRule", "5.5")
    assert run["results"][0]["ruleIndex"] == len(RULES)


def test_exempt_findings_are_left_out_unless_asked_for() -> None:
    """GitHub opens alerts for suppressed results; other viewers honour them."""
    policy = a_finding(exempt=Exemption(reason="OPS-1", until=AT + timedelta(days=9)))
    comment = a_finding("slow-rotation", exempt=Exemption(reason="OPS-2", until=AT, kind="comment"))
    report = a_report(policy, comment)
    assert run_of(report)["results"] == []
    assert [one["suppressions"] for one in run_of(report, suppressed=True)["results"]] == [
        [{"kind": "external", "status": "accepted", "justification": "Until 2026-12-02: OPS-1"}],
        [{"kind": "inSource", "status": "accepted", "justification": "Until 2026-11-23: OPS-2"}],
    ]


def test_findings_of_one_rule_on_one_line_become_one_result() -> None:
    """GitHub could not tell them apart; the result names them all, and the worst gives its level."""
    keys = [a_key(name, age=100) for name in ("one", "two")]
    result = result_of(a_key_finding(keys[0], message="The key of one is old."), a_key_finding(keys[1], severity=Severity.LOW))
    assert result["message"]["text"].splitlines() == [
        "2 findings of this rule belong to this line.",
        "- The key of one is old.",
        "- 100 days old; the limit is 90 (since 2026-11-13).",
    ]
    assert result["level"] == "error"
    names = [one["fullyQualifiedName"] for one in result["locations"][0]["logicalLocations"]]
    assert [name.split("/")[1] for name in names] == ["one", "two"]
    assert len(result["properties"]["fingerprints"]) == 2


def test_a_folded_result_says_what_to_do_where_that_is_the_same() -> None:
    """Thirty findings name twenty, say how many more there are, and give the one remedy."""
    findings = [a_key_finding(a_key(f"user-{n:02}", age=100), remedy="Do this") for n in range(30)]
    lines = result_of(*findings)["message"]["text"].splitlines()
    assert lines[0] == "30 findings of this rule belong to this line."
    assert lines[-3:] == ["- And 10 more; the other formats of the same report name them.", "", "Do this."]


def test_what_is_exempt_is_not_folded_with_what_counts() -> None:
    """A suppressed result suppresses nothing else."""
    exempt = a_key_finding(a_key("old", age=200), exempt=Exemption(reason="OPS-1", until=AT))
    results = run_of(a_report(exempt, a_key_finding(a_key("new", age=100))), suppressed=True)["results"]
    assert sorted("suppressions" in one for one in results) == [False, True]


def test_instances_of_one_block_are_named() -> None:
    """The block is one result; count and for_each show in its logical locations."""
    resource = a_resource()
    instances = tuple(replace(resource.instances[0], address=f'aws_iam_access_key.deploy["{name}"]') for name in "ab")
    result = result_of(a_finding(resource=replace(resource, instances=instances)))
    names = [one["fullyQualifiedName"] for one in result["locations"][0]["logicalLocations"]]
    assert names == ['aws_iam_access_key.deploy["a"]', 'aws_iam_access_key.deploy["b"]']


def test_a_live_key_keeps_its_arn_beside_the_anchor() -> None:
    """The file is the anchor, never a URI made of an ARN."""
    key = a_key(arn="arn:aws:iam::111122223333:user/ci")
    location = result_of(a_key_finding(key), anchor="policies/ours.yaml")["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "policies/ours.yaml"
    assert location["logicalLocations"] == [{"fullyQualifiedName": "arn:aws:iam::111122223333:user/ci", "kind": "resource"}]


def test_a_key_that_was_never_used_is_not_one_whose_use_is_unknown() -> None:
    """Programs that join must be able to tell them apart."""
    told = [result_of(a_key_finding(a_key(last_used=use)))["properties"]["keys"][0] for use in (LastUse(at=None), None)]
    assert [key.get("lastUsed") for key in told] == ["never", None]


def test_a_subject_without_key_or_resource_is_named() -> None:
    """An ignore that matches nothing has neither."""
    location = result_of(a_finding(resource=None, subject="keyturn:ignore"))["locations"][0]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "keyturn:ignore", "kind": "resource"}]


def test_a_finding_outside_of_the_repository_says_where_it_stands() -> None:
    """Its place is the anchor, and its true place is in the message and in the properties."""
    result = result_of(a_finding(location=at("../modules/key/main.tf", 3)))
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "keyturn.yaml"
    assert "It stands in ../modules/key/main.tf:3, outside of the repository." in result["message"]["text"]
    assert result["properties"]["outside"] == ["../modules/key/main.tf:3"]


def test_the_line_hash_is_there_where_the_file_is_at_hand() -> None:
    """Without the text GitHub's action computes it; a wrong one would be worse than none."""
    assert "primaryLocationLineHash" not in result_of(a_finding())["partialFingerprints"]
    prints = result_of(a_finding(), texts=(TEXT,))["partialFingerprints"]
    assert prints["primaryLocationLineHash"] == "2cee9b7e1f427ab1:1"
    beyond = result_of(a_finding(location=at(TEXT.path, 999)), texts=(TEXT,))
    assert "primaryLocationLineHash" not in beyond["partialFingerprints"]


def test_a_byte_order_mark_counts_in_the_hash_of_the_first_line() -> None:
    """GitHub's action reads a file with its mark; the value is what it gives for one that begins with it."""
    text = 'resource "aws_iam_access_key" "a" {\n  user = "x"\n}\n\nresource "aws_iam_access_key" "b" {\n  user = "x"\n}\n'
    marked, plain = (SourceText(path=TEXT.path, text=text, mark=mark) for mark in (True, False))
    first, second = (a_finding(subject=name, location=at(TEXT.path, line)) for name, line in (("a", 1), ("b", 5)))

    def hashes(file: SourceText) -> list[str]:
        return [one["partialFingerprints"]["primaryLocationLineHash"] for one in results_of(first, second, texts=(file,))]

    assert hashes(marked)[0] == "e1557f914db5444f:1"
    assert hashes(marked)[0] != hashes(plain)[0]
    assert hashes(marked)[1] == hashes(plain)[1]


def test_our_fingerprint_survives_moved_lines_and_mended_neighbours() -> None:
    """It is made of rule, file and subject; of many folded subjects, of what they share."""

    def ours(*findings: Any) -> str:
        return result_of(*findings)["partialFingerprints"]["keyturn/v1"]

    assert ours(a_finding()) == ours(a_finding(location=at("infra/payments/keys.tf", 60))) == a_finding().fingerprint
    old = [a_key_finding(a_key(f"user-{n}", age=100)) for n in range(3)]
    assert ours(*old) == ours(*old[1:])
    at_code = [replace(one, location=at("main.tf", 3), resource=a_resource()) for one in old]
    other = [replace(one, resource=a_resource("other")) for one in at_code]
    assert ours(*at_code) == ours(*at_code[:2]) != ours(*other)


def test_the_code_of_the_region_is_shown_from_code_alone() -> None:
    """The snippet is the narrow region of a file that findings may cite."""
    region = result_of(a_finding(), texts=(TEXT,))["locations"][0]["physicalLocation"]["region"]
    assert region["snippet"] == {"text": 'resource "aws_iam_access_key" "deploy"'}
    block = replace(at(TEXT.path, 6), end_line=8)
    assert "snippet" not in result_of(a_finding(location=block), texts=(TEXT,))["locations"][0]["physicalLocation"]["region"]


def test_other_places_are_linked_from_the_message() -> None:
    """GitHub shows a related location only where the message links to it."""
    related = (
        Related(location=at("infra/payments/keys.tf", 10), message="the driver [quarter]"),
        Related(location=at("/modules/main.tf", 3), message="the module"),
    )
    result = result_of(a_finding(related=related))
    assert result["message"]["text"].endswith(r" See [the driver \[quarter\]](1).")
    assert [(one["id"], one["message"]["text"]) for one in result["relatedLocations"]] == [(1, "the driver [quarter]")]


def test_names_cannot_make_links_or_placeholders() -> None:
    """SARIF's own syntax in a name is shown, not obeyed; other braces stay as people know them."""
    result = result_of(a_finding(message="Hangs on [x](javascript:y) {0} lifecycle { }", remedy=""))
    assert result["message"]["text"] == "Hangs on [x] (javascript:y) {{0}} lifecycle { }."


def test_a_fix_is_given_in_lines_and_columns() -> None:
    """Columns count code points, also behind letters of more than one byte."""
    text = SourceText(path="a.tf", text="# bär\nuser = 1\n")
    fix = Fix(
        title="Mend it",
        edits=(Edit(path="a.tf", start=7, end=11, text="name"), Edit(path="a.tf", start=5, end=6, text="?")),
        safe=False,
    )
    assert result_of(a_finding(fix=fix), texts=(text,))["fixes"] == [
        {
            "description": {"text": "Mend it (look at it before you apply it)"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "a.tf", "uriBaseId": "%SRCROOT%"},
                    "replacements": [
                        {
                            "deletedRegion": {"startLine": 1, "startColumn": 5, "endLine": 1, "endColumn": 6},
                            "insertedContent": {"text": "?"},
                        },
                        {
                            "deletedRegion": {"startLine": 2, "startColumn": 1, "endLine": 2, "endColumn": 5},
                            "insertedContent": {"text": "name"},
                        },
                    ],
                }
            ],
        }
    ]


@pytest.mark.parametrize("texts", [(), (SourceText(path="a.tf", text="\ufffd" * 20),), (SourceText(path="a.tf", text="short"),)])
def test_a_fix_is_given_in_bytes_where_the_file_is_not_at_hand(texts: tuple[SourceText, ...]) -> None:
    """Bytes are what an edit is made of; lines are worked out only from the very same text."""
    fix = Fix(title="Mend it", edits=(Edit(path="a.tf", start=7, end=11, text="name"),), safe=True)
    change = result_of(a_finding(fix=fix), texts=texts)["fixes"][0]["artifactChanges"][0]
    assert change["replacements"][0]["deletedRegion"] == {"byteOffset": 7, "byteLength": 4}


@pytest.mark.parametrize("paths", [(), ("../a.tf",), ("a.tf", "/b.tf")])
def test_a_fix_that_reaches_outside_is_left_out(paths: tuple[str, ...]) -> None:
    """Half a fix is none."""
    fix = Fix(title="Mend it", edits=tuple(Edit(path=path, start=0, end=0, text="x") for path in paths), safe=True)
    assert "fixes" not in result_of(a_finding(fix=fix))


def test_gaps_are_notifications_with_their_place() -> None:
    """A gap never makes the run a failed one, which the level "error" would."""
    report = a_report(
        gaps=(
            Gap(what="infra/a.tf", why="not UTF-8", location=at("infra/a.tf", 2), hint="Save it as UTF-8"),
            Gap(what="a module", why="not readable", location=at("/modules/a.tf", 2)),
        )
    )
    assert run_of(report)["invocations"][0]["executionSuccessful"] is True
    first, second = notifications(report)
    assert (first["level"], first["descriptor"]["id"]) == ("warning", "gap")
    assert first["message"]["text"] == "infra/a.tf: not UTF-8. Save it as UTF-8."
    assert first["locations"][0]["physicalLocation"]["region"]["startLine"] == 2
    assert second["message"]["text"] == "a module: not readable (/modules/a.tf:2)."
    assert "locations" not in second


def test_modules_that_were_not_looked_into_are_notes() -> None:
    """One note a source, at its calls."""
    calls = tuple(ModuleCall(address="module.m", source="x/iam/aws", location=at(f"{n}.tf", 3), why="not on disk") for n in "ab")
    (note,) = notifications(a_report(calls=calls))
    assert (note["level"], note["descriptor"]["id"]) == ("note", "module-not-looked-into")
    assert note["message"]["text"] == "The module x/iam/aws was not looked into (2 calls): not on disk."
    assert len(note["locations"]) == 2


def test_what_is_cut_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond GitHub's limit the least severe results go, and a notification tells how many."""
    monkeypatch.setattr("checker.formats.sarif.MOST", 2)
    findings = [a_finding(severity=one, location=at("main.tf", int(one))) for one in Severity]
    run = run_of(a_report(*findings))
    assert [one["properties"]["severity"] for one in run["results"]] == ["critical", "high"]
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"].startswith("2 results were left out of this file, the least severe ones (1 medium, 1 low):")
    assert fingerprints({"runs": [run]}) == {one.fingerprint for one in findings}


def test_results_say_what_is_new_against_a_baseline() -> None:
    """Known by our own fingerprints; a folded result of which a part was known is updated."""
    old = [a_key_finding(a_key(f"user-{n}", age=100)) for n in range(2)]
    baseline = json.loads(render(a_report(a_finding(), *old)))
    moved = a_finding(location=at("infra/payments/keys.tf", 60))
    grown = [*old, a_key_finding(a_key("user-9", age=100))]
    new = a_finding("slow-rotation", location=at("main.tf", 1))
    results = run_of(a_report(moved, new, *grown, known=fingerprints(baseline)))["results"]
    states = {one["ruleId"]: one["baselineState"] for one in results}
    assert states == {"no-rotation": "unchanged", "slow-rotation": "new", "key-too-old": "updated"}
    assert fingerprints(baseline) == {one.fingerprint for one in (a_finding(), *old)}


def test_what_did_not_count_then_is_new_now() -> None:
    """A suppressed result of the older log does not excuse the finding when its exemption has ended."""
    exempt = Exemption(reason="moving", until=AT)
    assert not fingerprints(json.loads(render(a_report(a_finding(exempt=exempt)), suppressed=True)))


@pytest.mark.parametrize(
    ("log", "names"),
    [
        ({}, set()),
        ([], set()),
        ({"runs": None}, set()),
        ({"runs": [7, {"results": None}, {"results": [7, {}, {"properties": {"fingerprints": [1, "a"]}}]}]}, {"a"}),
        ({"runs": [{"results": [{"partialFingerprints": {"keyturn/v1": "b"}}, {"partialFingerprints": {"other": "c"}}]}]}, {"b"}),
    ],
)
def test_a_foreign_baseline_knows_nothing(log: Any, names: set[str]) -> None:
    """Another tool's log, or a broken one, is no error: nothing in it is ours."""
    assert fingerprints(log) == names


@pytest.mark.parametrize("category", ["prod", "prod/"])
def test_a_category_tells_uploads_apart(category: str) -> None:
    """It stands in the log only when asked for."""
    assert run_of(a_report(), category=category)["automationDetails"] == {"id": "prod/"}
    assert "automationDetails" not in run_of(a_report())


def test_the_same_findings_give_the_same_bytes() -> None:
    """Their order in the report does not matter."""
    report = believable()
    shuffled = list(report.findings)
    random.Random(4).shuffle(shuffled)
    assert render(replace(report, findings=tuple(shuffled))) == render(report)


def test_key_ids_are_masked_where_people_read() -> None:
    """Alerts are read by many; the properties are for programs that join."""
    key = a_key(age=LIMIT.days + 1)
    [result] = run_of(a_report(a_key_finding(key, message=f"{key.id} is old.")))["results"]
    properties = result.pop("properties")
    assert key.id
    assert key.id not in json.dumps(result)
    assert [one["id"] for one in properties["keys"]] == [key.id]


def test_hostile_names_are_inert() -> None:
    """The log is plain ASCII, and its texts hold nothing that a viewer would obey."""
    text = render(hostile(), suppressed=True)
    assert text.isascii()
    said = json.dumps([one["message"] for one in json.loads(text)["runs"][0]["results"]], ensure_ascii=False)
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "](javascript" not in said
