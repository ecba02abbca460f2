"""One boundary: every way in which a run can end has its exit code and its one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import checker
from checker import cli
from checker.errors import PolicyError

SECRET = "wJalrXUtnFEMIheldoutCANARY7MDENGbPxRfiCY"


def failing_with(failure: BaseException):
    """A command that ends with `failure`."""

    @click.command
    @click.option("-v", "verbose", count=True)
    def command(verbose):
        raise failure

    return command


@pytest.fixture
def ends_with(monkeypatch, capsys):
    """Run a command that fails as given; its exit code and what was said."""

    def run(failure: BaseException, *arguments: str):
        monkeypatch.setattr(cli.LazyCommands, "get_command", lambda *_: failing_with(failure))
        code = cli.main(["scan", *arguments])
        said = capsys.readouterr()
        assert said.out == ""
        return code, said.err

    return run


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (KeyboardInterrupt(), "keyturn: interrupted: there is no verdict.\n"),
        (click.Abort(), "keyturn: interrupted: there is no verdict.\n"),
        (PolicyError("keyturn.yaml:3: no"), "keyturn: keyturn.yaml:3: no\n"),
        (click.ClickException("no"), "keyturn: no.\n"),
        (OSError(28, "No space left on device"), "keyturn: the system refused: No space left on device.\n"),
        (PermissionError(13, "Permission denied", "a/b"), "keyturn: the system refused: Permission denied (a/b).\n"),
        (TimeoutError(), "keyturn: the system refused: TimeoutError.\n"),
    ],
)
def test_what_stops_a_run_is_one_sentence_and_code_2(failure, said, ends_with):
    """Whatever is foreseen is said in one sentence on standard error; the run did not happen."""
    assert ends_with(failure) == (2, said)


def test_a_closed_pipe_is_no_failure(ends_with):
    """Whoever reads our output may stop reading, without a word from us."""
    assert ends_with(BrokenPipeError()) == (0, "")


def test_a_bug_asks_for_a_report_and_shows_no_value(ends_with):
    """What was not foreseen is called a bug, with its type and place, and never with the error's text."""
    code, said = ends_with(KeyError(SECRET))
    assert code == 2
    assert said.startswith("keyturn: this is a bug in Keyturn, not in what it read (KeyError at cli/__init__.py:")
    assert said.endswith("Please report it; KEYTURN_DEBUG=1 shows where it happened.\n")
    assert said.count("\n") == 1
    assert SECRET not in said


def test_a_traceback_is_shown_to_who_asks_and_holds_no_value(ends_with, monkeypatch):
    """-vv and KEYTURN_DEBUG show the frames; values stay out."""
    code, said = ends_with(KeyError(SECRET), "-vv")
    assert code == 2
    assert 'test_main.py", line' in said
    assert SECRET not in said
    monkeypatch.setenv("KEYTURN_DEBUG", "1")
    assert 'test_main.py", line' in ends_with(KeyError(SECRET))[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scna"], "keyturn: there is no command 'scna'. Did you mean 'scan'? See 'keyturn --help'."),
        (["xyzzy"], "keyturn: there is no command 'xyzzy'. See 'keyturn --help'."),
        (["scan", "--as-of", "never"], "keyturn: Invalid value for '--as-of': 'never' is no date."),
        (
            ["scan", "no/such/path"],
            "keyturn: Invalid value for '[PATHS]...': Path 'no/such/path' does not exist. See 'keyturn scan --help'.",
        ),
        (["scan", "--fail-on"], "keyturn: Option '--fail-on' requires an argument."),
    ],
)
def test_wrong_usage_is_one_sentence_and_code_2(arguments, said, capsys):
    """A mistyped command line is answered with what is wrong and where to look."""
    assert cli.main(arguments) == 2
    err = capsys.readouterr().err
    assert err.startswith(said)
    assert err.count("\n") == 1


def test_no_command_is_not_a_pass(capsys):
    """`keyturn` alone shows the help on standard error and does not look like a clean scan."""
    assert cli.main([]) == 2
    said = capsys.readouterr()
    assert "Exit codes:" in said.err
    assert said.out == ""


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_every_command_has_help(name, capsys):
    """Each command of the literal dict can be loaded, and says what it does."""
    assert cli.main([name, "--help"]) == 0
    assert f"Usage: keyturn {name}" in capsys.readouterr().out


def test_the_version_is_the_package_s(capsys):
    """--version prints the version and nothing else."""
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"keyturn {checker.__version__}\n"


def keyturn(*arguments: str, **settings):
    """Run the command as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(checker.__file__).parents[1])}
    settings = {"capture_output": True, "text": True, "timeout": 60, **settings}
    settings["env"] = {**environment, **settings.get("env", {})}
    return subprocess.run([sys.executable, "-m", "checker", *arguments], check=False, **settings)


def test_python_m_checker_is_the_command():
    """`python -m checker` does what `keyturn` does."""
    done = keyturn("--version")
    assert (done.returncode, done.stdout) == (0, f"keyturn {checker.__version__}\n")


def test_a_full_disk_behind_standard_output_is_said():
    """/dev/full takes nothing: the help is not printed, and the run says so without a traceback."""
    with open("/dev/full", "w") as full:
        done = keyturn("--help", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr == "keyturn: the system refused: No space left on device.\n"


def test_a_closed_pipe_behind_standard_output_is_quiet():
    """`keyturn --help | true` prints no traceback, not even at the interpreter's end."""
    reading, writing = os.pipe()
    os.close(reading)
    done = keyturn("--help", capture_output=False, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_closed_streams_do_not_crash():
    """`keyturn --version >&- 2>&-` ends by itself."""
    done = subprocess.run(
        ["bash", "-c", '"$0" -m checker --version >&- 2>&-', sys.executable],
        env={**os.environ, "PYTHONPATH": str(Path(checker.__file__).parents[1])},
        check=False,
        timeout=60,
    )
    assert done.returncode == 0


def test_the_shell_can_complete():
    """The completion script and the completions come without loading what only a scan needs."""
    script = keyturn(env={"_KEYTURN_COMPLETE": "bash_source"})
    assert "complete -o nosort -F _keyturn_completion keyturn" in script.stdout
    words = keyturn(env={"_KEYTURN_COMPLETE": "bash_complete", "COMP_WORDS": "keyturn sc", "COMP_CWORD": "1"})
    assert words.stdout == "plain,scan\n"


@pytest.mark.parametrize(("words", "completed"), [("keyturn sc", "plain,scan\n"), ("keyturn scna --", "plain,--help\n")])
def test_what_is_typed_is_completed(words, completed, monkeypatch, capsys):
    """Commands and options are completed; a mistyped command is met with no message in the middle of the line."""
    monkeypatch.setenv("_KEYTURN_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(words.count(" ")))
    assert cli.main([]) == 0
    said = capsys.readouterr()
    assert set(completed.splitlines()) <= set(said.out.splitlines())
    assert said.err == ""


def test_an_unknown_shell_is_wrong_usage(monkeypatch, capsys):
    """Exit code 1 means findings and nothing else, for a shell that cannot be completed too."""
    monkeypatch.setenv("_KEYTURN_COMPLETE", "tcsh_source")
    assert cli.main(["scan"]) == 2
    assert capsys.readouterr().err.startswith("keyturn: _KEYTURN_COMPLETE is 'tcsh_source'; bash_source, zsh_source")


def test_an_empty_wish_for_completion_is_none(monkeypatch, capsys):
    """The variable that is set to nothing changes nothing."""
    monkeypatch.setenv("_KEYTURN_COMPLETE", "")
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"keyturn {checker.__version__}\n"


def test_a_stream_that_is_closed_is_nothing_to_say_to(monkeypatch):
    """Where the caller has closed both streams, the verdict is the exit code."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert cli.main(["scna"]) == 2


def test_what_is_left_for_a_closed_pipe_goes_nowhere(monkeypatch):
    """What stands in the buffer when the reader goes away is thrown away, so that Python's own end is quiet."""
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert cli.main(["--version"]) == 0
        stream.write("more")


def loaded_by(*arguments: str) -> set[str]:
    """The modules that a run has loaded when it ends."""
    code = "import sys; from checker.cli import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    environment = {**os.environ, "PYTHONPATH": str(Path(checker.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, env=environment, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["scan", "--help"]])
def test_help_loads_nothing_heavy(arguments):
    """Start-up is a gate: help and version load click, and neither a parser, nor YAML, nor the AWS SDK."""
    loaded = loaded_by(*arguments)
    assert "click" in loaded
    assert not loaded & {"boto3", "botocore", "hcl2", "lark", "yaml", "checker.policy", "checker.scan", "checker.rules", "json"}
