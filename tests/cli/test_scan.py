"""`keyturn scan`: what is read, how it is judged, where the answer goes."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import checker
from checker import interrupt
from checker.cli import evidence, main, talk
from checker.cli.arguments import Output
from checker.cli.evidence import Asked
from checker.cli.progress import Watch
from checker.fix._propose import MANUAL, MENDED
from checker.model import Gap, Location, Report
from checker.policy import load
from tests.factories import AT

PLAIN = 'resource "aws_iam_access_key" "k" {\n  user = "ci"\n}\n'
REPORT = (
    "user,arn,user_creation_time,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date\n"
    "<root_account>,arn:aws:iam::111122223333:root,2019-01-01T00:00:00Z,false,N/A,N/A,false,N/A,N/A\n"
    "ci,arn:aws:iam::111122223333:user/ci,2020-01-01T00:00:00Z,true,{created},2026-10-31T00:00:00Z,false,N/A,N/A\n"
)
OLD = REPORT.format(created="2026-01-01T00:00:00Z")
YOUNG = REPORT.format(created="2026-10-20T00:00:00Z")
AS_OF = ("--as-of", "2026-11-01")


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> str:
    Path(name).write_text(text)
    return name


def rules(text: str) -> set[str]:
    return {one["rule"] for one in json.loads(text)["findings"]}


def test_the_current_directory_is_read_when_nothing_else_is_named(capsys):
    """`keyturn scan` alone judges the code here."""
    write("main.tf", PLAIN)
    assert main(["scan", *AS_OF, "-f", "json"]) == 1
    assert rules(capsys.readouterr().out) == {"no-rotation"}


def test_other_evidence_takes_the_place_of_the_current_directory(capsys):
    """With a report and no path, no code is read."""
    write("main.tf", PLAIN)
    assert main(["scan", "--report", write("r.csv", OLD), *AS_OF, "-f", "json"]) == 1
    assert rules(capsys.readouterr().out) == {"key-too-old"}


def test_code_and_keys_are_joined(capsys):
    """Given together, the old key is reported at the code that makes it."""
    write("main.tf", PLAIN)
    assert main(["scan", ".", "--report", write("r.csv", OLD), *AS_OF, "-f", "json"]) == 1
    (old,) = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["rule"] == "key-too-old"]
    assert (old["location"]["path"], old["location"]["line"]) == ("main.tf", 1)


def test_a_report_comes_from_standard_input(capsys, monkeypatch):
    """`-` is standard input."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(OLD.encode())))
    assert main(["scan", "--report", "-", *AS_OF, "-f", "json"]) == 1
    assert rules(capsys.readouterr().out) == {"key-too-old"}


@pytest.mark.parametrize(("as_of", "code"), [("2026-11-01", 0), ("2027-06-01", 1)])
def test_a_date_may_be_asked_for(as_of, code):
    """--as-of shows what will be overdue."""
    write("r.csv", REPORT.format(created="2026-10-20T00:00:00Z").replace("2026-10-31", as_of))
    assert main(["scan", "--report", "r.csv", "--as-of", as_of, "--fail-on", "high"]) == code


def test_without_a_date_it_is_now(capsys):
    """The clock is read once, in whole seconds."""
    write("main.tf", PLAIN)
    main(["scan", "-f", "json"])
    at = json.loads(capsys.readouterr().out)["at"]
    assert at.endswith("Z")
    assert "." not in at


@pytest.mark.parametrize(("bar", "code"), [("medium", 1), ("high", 1), ("critical", 0), ("never", 0)])
def test_the_bar_may_be_moved(bar, code):
    """--fail-on decides which findings fail; the findings stay."""
    write("main.tf", PLAIN)
    assert main(["scan", "--fail-on", bar]) == code


def test_the_policy_has_the_bar_when_nothing_is_typed():
    """Without --fail-on the policy's own threshold counts."""
    write("main.tf", PLAIN)
    write("keyturn.yaml", "fail_on: never\n")
    assert main(["scan"]) == 0


def test_a_policy_is_found_beside_the_first_path():
    """keyturn.yaml beside the code counts, whatever the current directory."""
    Path("infra").mkdir()
    write("infra/main.tf", PLAIN)
    write("infra/keyturn.yaml", "fail_on: never\n")
    assert main(["scan", "infra"]) == 0
    assert main(["scan", "infra/main.tf"]) == 0
    assert main(["scan", "infra", "--policy", "default"]) == 1


SLOW = """\
variable "days" {{ default = 180 }}
resource "time_rotating" "r" {{ rotation_days = var.days }}
resource "time_static" "s" {{ rfc3339 = time_rotating.r.rfc3339 }}
resource "aws_iam_access_key" "k" {{
  user = "ci"
  lifecycle {{
    create_before_destroy = true
    replace_triggered_by  = [time_static.s]
  }}
}}
""".format()


@pytest.mark.parametrize("given", ["--var", "--var-file", "environment"])
def test_variables_come_as_terraform_takes_them(given, monkeypatch):
    """A value from outside changes the period, and the verdict."""
    write("main.tf", SLOW)
    assert main(["scan"]) == 1
    write("fast.values", "days = 30\n")
    arguments = {"--var": ["--var", "days=30"], "--var-file": ["--var-file", "fast.values"], "environment": []}[given]
    if given == "environment":
        monkeypatch.setenv("TF_VAR_days", "30")
    assert main(["scan", *arguments]) == 0


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["--var", "days=30", "--var-file", "slow.values"], 1),
        (["--var-file=slow.values", ".", "--var=days=30"], 0),
        (["--var=days=30", "--var-file=slow.values", "--var", "days=31", "--var-file", "none.values"], 0),
    ],
)
def test_of_values_on_the_command_line_the_last_counts(given, code):
    """Variables and files of them are taken in the order in which they stand, as Terraform takes them."""
    write("main.tf", SLOW)
    write("slow.values", "days = 180\n")
    write("none.values", "")
    assert main(["scan", *given]) == code


def test_several_formats_at_once(capsys):
    """Each format goes where it was sent; what went to files is said on standard error."""
    write("main.tf", PLAIN)
    assert main(["scan", "-f", "text", "-f", "sarif=k.sarif", "-f", "json=k.json"]) == 1
    said = capsys.readouterr()
    assert "[no-rotation]" in said.out
    assert rules(Path("k.json").read_text()) == {"no-rotation"}
    assert json.loads(Path("k.sarif").read_text())["runs"][0]["results"][0]["ruleId"] == "no-rotation"
    assert "keyturn: wrote sarif to k.sarif\nkeyturn: wrote json to k.json\n" in said.err


def test_the_exit_code_does_not_depend_on_the_format(capsys):
    """The same evidence gives the same code in every format."""
    write("main.tf", PLAIN)
    assert {main(["scan", "-f", name]) for name in ("text", "json", "sarif")} == {1}


def test_standard_error_tells_the_verdict_that_a_file_hides(capsys):
    """Without a text report on standard output, a person still learns the verdict, the gaps and the code."""
    write("main.tf", PLAIN + 'resource "aws_iam_access_key" "b" {')
    main(["scan", "-f", "sarif=k.sarif"])
    said = capsys.readouterr()
    assert said.out == ""
    assert "keyturn: FAIL: 1 finding at or above medium\n" in said.err
    assert "keyturn: gap: main.tf:4: " in said.err
    assert "keyturn: exit code 1 after " in said.err


@pytest.mark.parametrize(
    ("code", "given", "said"),
    [
        (PLAIN, (), True),
        (PLAIN, ("-f", "sarif=k.sarif"), False),
        (PLAIN, ("--fail-on", "never", "--diff"), False),
        ("", ("--report", "r.csv"), False),
    ],
    ids=["text", "the report has the edits", "they are shown", "no code"],
)
def test_a_person_learns_that_edits_can_be_had(capsys, code, given, said):
    """To work them out takes longer than to judge, so they are offered where no report has them."""
    write("main.tf", code)
    write("r.csv", OLD)
    main(["scan", ".", *given, *AS_OF])
    assert ("keyturn: with --diff the same command shows edits that mend the code" in capsys.readouterr().err) is said


def test_every_rule_that_the_edits_are_offered_for_is_mended():
    """The offer names no rule that --fix does not know; manual rotations are mended only when asked."""
    assert set(talk.MENDED) == set(MENDED) - {MANUAL}


def test_quiet_says_nothing_on_standard_error(capsys):
    """-q leaves the report and the exit code."""
    write("main.tf", PLAIN)
    assert main(["scan", "-q"]) == 1
    said = capsys.readouterr()
    assert said.err == ""
    assert "[no-rotation]" in said.out


def test_verbose_says_what_was_read(capsys):
    """-v tells each source with its facts and its time."""
    write("main.tf", PLAIN)
    main(["scan", ".", "--report", write("r.csv", YOUNG), *AS_OF, "-v"])
    err = capsys.readouterr().err
    assert "keyturn: read code: " in err
    assert "keyturn: read report r.csv: " in err


def test_colours_and_key_ids_are_as_asked(capsys):
    """--color always paints even a pipe."""
    write("main.tf", PLAIN)
    main(["scan", "--color", "always"])
    assert "\x1b[1;31m" in capsys.readouterr().out
    main(["scan", "--color", "always", "-f", "text=k.txt"])
    assert "\x1b[1;31m" in Path("k.txt").read_text()
    main(["scan", "-f", "text=k.txt"])
    assert "\x1b" not in Path("k.txt").read_text()


def test_sarif_takes_its_category_and_anchor():
    """The category names the run; a key without code stands at the anchor."""
    write("r.csv", OLD)
    write("here.txt", "anchor\n")
    main(["scan", "--report", "r.csv", *AS_OF, "-f", "sarif=k.sarif", "--sarif-category", "prod", "--sarif-anchor", "here.txt"])
    (run,) = json.loads(Path("k.sarif").read_text())["runs"]
    assert run["automationDetails"]["id"] == "prod/"
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "here.txt"


def test_sarif_holds_exempt_findings_where_they_are_asked_for():
    """As suppressed results, for viewers that heed that; a file for GitHub, and a later baseline, know nothing of them."""
    write("main.tf", f'# keyturn:ignore[no-rotation] until=2099-01-01 reason="a vendor"\n{PLAIN}')
    main(["scan", "-f", "sarif=plain.sarif"])
    main(["scan", "-f", "sarif=all.sarif", "--sarif-suppressed"])
    plain, whole = (json.loads(Path(name).read_text())["runs"][0]["results"] for name in ("plain.sarif", "all.sarif"))
    assert plain == []
    assert [(one["ruleId"], one["suppressions"][0]["status"]) for one in whole] == [("no-rotation", "accepted")]
    write("main.tf", PLAIN)
    assert main(["scan", "--baseline", "all.sarif"]) == 1


@pytest.mark.parametrize("chosen", ["--policy", "--sarif-anchor"])
def test_a_file_that_is_named_from_elsewhere_is_an_anchor_too(chosen):
    """An absolute path, or one that goes round, names the same file of the repository."""
    write("r.csv", OLD)
    Path("policies").mkdir()
    write("policies/ours.yaml", "name: ours\n")
    for name in (str(Path("policies/ours.yaml").absolute()), f"../{Path.cwd().name}/policies/ours.yaml"):
        main(["scan", "--report", "r.csv", *AS_OF, "-f", "sarif=k.sarif", chosen, name])
        (run,) = json.loads(Path("k.sarif").read_text())["runs"]
        assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "policies/ours.yaml"


def test_an_anchor_outside_of_the_repository_is_refused(tmp_path_factory, capsys):
    """Code scanning would reject the whole file, and another place than the named one would be a surprise."""
    write("r.csv", OLD)
    other = tmp_path_factory.mktemp("other") / "a.txt"
    other.write_text("x")
    assert main(["scan", "--report", "r.csv", *AS_OF, "-f", "sarif", "--sarif-anchor", str(other)]) == 2
    assert "is not below the current directory" in capsys.readouterr().err
    assert main(["scan", "--report", "r.csv", *AS_OF, "-f", "sarif", "--sarif-anchor", "."]) == 2


def process(command: str) -> subprocess.CompletedProcess[str]:
    """Run a shell line in which $keyturn is the command."""
    environment = {**os.environ, "PYTHONPATH": str(Path(checker.__file__).parents[1]), "keyturn": f"{sys.executable} -m checker"}
    return subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_a_reader_that_goes_away_does_not_change_the_verdict():
    """`keyturn scan | true` still ends with the scan's own code, without a word about the pipe."""
    write("main.tf", PLAIN)
    done = process("$keyturn scan -q -f json -f sarif=k.sarif | true; echo ${PIPESTATUS[0]}")
    assert (done.stdout, done.stderr) == ("1\n", "")
    assert Path("k.sarif").is_file()


def test_a_full_disk_is_no_verdict():
    """A report that could not be written is not a report: code 2, and what could not be written."""
    write("main.tf", PLAIN)
    done = process("$keyturn scan > /dev/full")
    assert (done.returncode, done.stderr) == (2, "keyturn: standard output cannot be written: No space left on device.\n")


def test_a_closed_standard_error_does_not_change_the_verdict():
    """With nobody to talk to, the report and its code stand."""
    write("main.tf", PLAIN)
    assert process("$keyturn scan 2>&-").returncode == 1
    assert process("$keyturn scan 2>/dev/full").returncode == 1


def test_only_what_terraform_reads_of_the_environment_is_handed_on(monkeypatch):
    """A source sees TF_VAR_* and its like, and no credential."""
    seen = {}

    def read(paths, *, at, settings):
        seen.update(settings.environment)
        return iter(())

    monkeypatch.setattr("checker.sources.code.read", read)
    monkeypatch.setenv("TF_VAR_days", "30")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    (source,) = evidence.sources(Asked(at=AT), load("default"), Watch(stream=None))
    assert list(source()) == []
    assert seen == {"TF_VAR_days": "30"}


def test_many_gaps_are_counted():
    """Standard error shows the first gaps and counts the others; the report has them all."""
    gaps = tuple(Gap(what=f"f{number:02}.tf", why="no", location=Location(path=f"f{number:02}.tf")) for number in range(25))
    report = Report(at=AT, policy="default", fail_on=None, findings=(), gaps=gaps)
    lines = list(talk.after(report, (Output(format="json"),), (), 0.1))
    assert lines[1] == "keyturn: gap: f00.tf:1: f00.tf: no"
    assert lines[-2] == "keyturn: and 5 more gaps, all in the report"


def test_what_is_said_of_a_gap_is_safe_to_show():
    """Terminal escapes and key ids from outside do not reach the terminal."""
    gap = Gap(what="\x1b[2Jevil", why="AKIAIOSFODNN7EXAMPLE")
    report = Report(at=AT, policy="default", fail_on=None, findings=(), gaps=(gap,))
    said = "\n".join(talk.after(report, (Output(format="json"),), (), 0.1))
    assert "\x1b" not in said
    assert "AKIAIOSFODNN7EXAMPLE" not in said


def test_a_reader_that_goes_away_costs_neither_files_nor_verdict(monkeypatch):
    """`keyturn scan -f json=out.json | head` writes its file whole, and its exit code is that of the findings."""
    write("main.tf", PLAIN)
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(["scan", *AS_OF, "-f", "text", "-f", "json=out.json"]) == 1
    assert rules(Path("out.json").read_text()) == {"no-rotation"}


def test_a_report_that_cannot_be_written_does_not_cost_the_others(capsys):
    """Each report that could not be written is named, the others are there, and the run is no pass."""
    write("main.tf", PLAIN)
    assert main(["scan", *AS_OF, "-f", "json", "-f", "csv=/dev/full"]) == 2
    said = capsys.readouterr()
    assert rules(said.out) == {"no-rotation"}
    assert said.err == "keyturn: /dev/full cannot be written: No space left on device.\n"


@pytest.mark.parametrize(("facts", "said"), [(0, "stopped"), (1, "stopped while reading code: 1 so far")])
def test_a_signal_says_how_far_it_was(facts, said, monkeypatch, capsys):
    """Ctrl-C in the middle of a scan is one line on what was read so far, and exit code 2."""
    write("main.tf", PLAIN)
    read = iter(range(facts))

    def check():
        if next(read, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(interrupt, "check", check)
    assert main(["scan", *AS_OF]) == 2
    assert capsys.readouterr() == ("", f"keyturn: {said}\nkeyturn: interrupted: there is no verdict.\n")
