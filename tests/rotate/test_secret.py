"""A secret is shown nowhere by itself, and only two modules ever ask for it."""

import ast
import copy
import json
import logging
import pickle
import re
import traceback
from pathlib import Path

import pytest

from checker import rotate
from checker.rotate import Credential, Secret, unlogged
from checker.rotate._secret import NAMES, members, read, written

CANARY = "canary/7Secret+Secret"
ONE = Credential(id="AKIAONEONEONEONEONEO", secret=Secret(CANARY), user="ci")
ROOM = Path(rotate.__file__).parent


def test_no_text_of_it_has_the_secret():
    """Neither repr, str, format nor an assertion's message."""
    for text in (repr(ONE), str(ONE), f"{ONE}", f"{ONE.secret!s:>40}", repr([ONE.secret]), "%s" % ONE.secret):  # noqa: UP031
        assert CANARY not in text
        assert "<secret>" in text


def test_no_traceback_has_the_secret():
    """Even one that shows the local variables."""
    secret = Secret(CANARY)
    try:
        raise ValueError(secret)
    except ValueError as error:
        shown = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    assert CANARY not in shown.replace('CANARY = "', "")
    assert "secret = <secret>" in shown


@pytest.mark.parametrize("save", [pickle.dumps, copy.deepcopy, json.dumps])
def test_it_is_written_nowhere(save):
    """Nothing serialises it by accident."""
    with pytest.raises(TypeError):
        save(ONE.secret)


def test_secrets_are_compared_by_what_they_are():
    """And with nothing else."""
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("b")}) == 2


def test_debug_logs_are_off_while_secrets_are_about(caplog):
    """botocore would log whole answers; what was off before stays off, and what was on comes back."""
    caplog.set_level(logging.DEBUG)
    log = logging.getLogger("botocore.parsers")
    with unlogged():
        log.debug(CANARY)
        log.warning("seen")
    log.debug("after")
    assert [record.message for record in caplog.records] == ["seen", "after"]
    logging.disable(logging.WARNING)
    try:
        with unlogged():
            log.warning("unseen")
    finally:
        logging.disable(logging.NOTSET)
    assert "unseen" not in caplog.text


def _calls(name):
    """The modules of the room that call a method or function of this name."""
    for path in sorted(ROOM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == name:
                yield path.relative_to(ROOM).as_posix()


def test_few_ask_for_the_text():
    """The JSON that is handed over, the profile that is written, and the proof at AWS."""
    assert sorted(set(_calls("reveal"))) == ["_proof.py", "_secret.py", "destinations/_profile.py"]


def test_one_file_has_every_call_that_changes_aws():
    """No operation that changes anything is named anywhere else in the package."""
    changing = re.compile(
        "(Create|Update|Delete|Put|Tag|Untag|Attach|Detach|Add|Remove|Set|Enable|Disable|Send|Start)[A-Z][A-Za-z]+"
    )
    found = {}
    for path in sorted(ROOM.parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and changing.fullmatch(node.value):
                found.setdefault(path.name, set()).add(node.value)
    assert found.pop("iam.py") == {"CreateDate"}  # stands in an answer
    assert found == {"_changes.py": {name.partition(":")[2] for name in rotate.CHANGING}}


def test_what_is_written_is_read():
    """By each pair of names that is known."""
    assert read(members(written(ONE))).secret == ONE.secret
    for names in NAMES:
        now = {names[0]: "x", names[1]: "y", "more": 1}
        text = written(ONE, now)
        assert json.loads(text) == {names[0]: ONE.id, names[1]: CANARY, "more": 1}
        assert read(members(text)).id == ONE.id


@pytest.mark.parametrize(
    "text", ["{}", "[]", "x", '{"AccessKeyId": "A"}', '{"AccessKeyId": 1, "SecretAccessKey": "x"}', "[" * 100_000]
)
def test_what_is_no_credential_is_read_as_none(text):
    """And is no error."""
    assert read(members(text)) is None


def test_a_credential_without_its_user_is_written_without():
    """As it is read from a place that does not tell."""
    assert "UserName" not in json.loads(written(Credential(id="A", secret=Secret("b"))))
