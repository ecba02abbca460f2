"""Killed between every two calls: what the consumers read always works, and the next runs finish what was begun.

The table of what was found stands in killed.md: UPDATE_GOLDEN=1 writes it.
"""

import json
import os
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from checker.cli import main
from checker.rotate import TAG, Journal, journal_of
from checker.rotate._journal import mark
from tests.factories import a_key
from tests.rotate import world
from tests.rotate.killed import Zygote
from tests.rotate.world import DAY, HOUR, MINUTE

TABLE = Path(__file__).with_name("killed.md")
SAVE = f"{sys.executable} -c \"import pathlib, sys; pathlib.Path('k').write_bytes(sys.stdin.buffer.read())\""
FILE, COMMAND, SECRET = "file:k", f"command:{SAVE}", "secretsmanager:k"
ALWAYS = ("--takeover", "1h", "--apply", "--yes")
EVERY_POINT = "create, to a file"
"""The flow that is also killed between calls that only read: nothing has changed there since the point before."""
FROM_HANDING = ("create, to Secrets Manager", "create, to a command")
"""The flows that differ from that one only from the note on that the secret is being handed over."""
CHANGING = {"TagUser", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey", "PutSecretValue", "rename", "command"}


@pytest.fixture(scope="module")
def zygote(server):
    """The process whose children are killed."""
    one = Zygote(world.environment(server))
    yield one
    one.close()


@dataclass(frozen=True, kw_only=True)
class Consumers:
    """Whoever reads the secret where it was put, and uses it."""

    to: str

    def read(self):
        if self.to == SECRET:
            text = world.client("secretsmanager").get_secret_value(SecretId="k")["SecretString"]
        else:
            text = Path("k").read_text()
        found = json.loads(text)
        return found["AccessKeyId"], found["SecretAccessKey"]

    def give(self, key):
        """Put a key there as an earlier rotation would have done."""
        text = json.dumps({"AccessKeyId": key, "SecretAccessKey": world.secret("ci", key)})
        if self.to == SECRET:
            world.client("secretsmanager").create_secret(Name="k", SecretString=text)
        else:
            Path("k").write_text(text)

    def work(self):
        """What was handed over last must work, always."""
        key, secret = self.read()
        assert world.works("ci", key, secret)
        world.use("ci", key)


def begin(to, **noted):
    """A user whose consumers have the old key; for later steps a second one, with a journal of what was done."""
    old = world.user("ci")
    consumers = Consumers(to=to)
    consumers.give(old)
    if not noted:
        return consumers, old
    new = world.client("iam").create_access_key(UserName="ci")["AccessKey"]["AccessKeyId"]
    if to != SECRET:
        consumers.give(new)
    now = datetime.now(timezone.utc)
    place = noted.pop("place", "")
    journal = Journal(old=old, new=new, phase=noted.pop("phase", "delivered"), at=now, place=place)
    if noted.pop("off", False):
        world.client("iam").update_access_key(UserName="ci", AccessKeyId=old, Status="Inactive")
        if noted.pop("since", True):
            journal = Journal(old=old, new=new, phase="delivered", at=now, turned=old, off=True, since=now)
    world.client("iam").tag_user(UserName="ci", Tags=[{"Key": TAG, "Value": str(journal)}])
    world.pass_time("ci", noted.get("ago", 2 * DAY))
    if journal.phase == "delivered":
        consumers.work()
    return consumers, old


def place(folder):
    import platform

    return mark(f"file:{platform.node()}:{folder.resolve() / 'k'}")


FLOWS = {
    "create, to a file": (FILE, {}, ()),
    "create, to Secrets Manager": (SECRET, {}, ()),
    "create, to a command": (COMMAND, {}, ()),
    "confirm": (FILE, {"phase": "handing", "ago": timedelta(minutes=1)}, ()),
    "deactivate": (FILE, {"phase": "delivered"}, ()),
    "note": (FILE, {"off": True, "since": False}, ()),
    "delete": (FILE, {"off": True, "ago": 9 * DAY}, ()),
    "reactivate": (FILE, {"off": True}, ("--reactivate",)),
}


def start(flow, folder):
    to, noted, more = FLOWS[flow]
    noted = dict(noted)
    if noted.get("phase") == "handing":
        noted["place"] = place(folder)
    consumers, old = begin(to, **noted)
    return consumers, old, ("ci", *ALWAYS, "--to", to, *([*more, old] if more else []))


def points_of(zygote, flow, aws, folder):
    """Where a run of this flow can be killed, from the first change on; before it nothing differs from the start."""
    consumers, _, arguments = start(flow, folder)
    run = zygote.run(folder, "rotate", *arguments, environment=world.environment(aws))
    assert run.code == 0, run.said
    consumers.work()
    names = run.points
    changing = [number for number, name in enumerate(names) if name in CHANGING]
    for number in range(changing[0], len(names)):
        if flow in FROM_HANDING and names[:number].count("TagUser") < 3:
            continue
        if number in changing:
            yield from ((names, number, when) for when in ("before", "after"))
        elif flow == EVERY_POINT or number == changing[-1] + 1:
            yield names, number, "before"


def _numbered(names, number):
    """A call by its name, and which one of its kind it is from the first change on."""
    first = next(one for one, name in enumerate(names) if name in CHANGING)
    return f"{names[number]} {names[first : number + 1].count(names[number])}"


def told(old, consumers):
    """What AWS holds now, and what is at the destination."""

    def name(key):
        return "old" if key == old else "new"

    held = ", ".join(f"{name(key)} {status}" for key, status in world.keys("ci").items())
    journal = journal_of([a_key(tags=tuple(world.tags_of("ci").items()))])
    notes = [journal.phase] if journal.phase else []
    notes += [f"{name(journal.turned)} {'off' if journal.off else 'on'}"] if journal.turned else []
    return held, ", ".join(notes) or "nothing", name(consumers.read()[0])


def next_run(capsys, to, *more):
    """One more run, by anyone, with the same destination."""
    code = main(["rotate", "ci", *ALWAYS, "--to", to, *more, "-f", "json"])
    said = capsys.readouterr()
    assert code == (3 if '"unknown"' in said.out else 0), said
    return json.loads(said.out)["users"][0]


def finished(capsys, to, consumers):
    """Run again and again as time passes, until nothing is left to do; the steps that were taken."""
    taken, end = [], ()
    for _ in range(20):
        one = next_run(capsys, to, *end)
        consumers.work()
        if end and one["step"]["action"] == "done":
            end = ()
            continue
        taken.append(one["step"]["action"])
        if taken[-1] == "done":
            return taken
        if taken[-1] == "unknown":  # a person looks, and finds that nobody has the new key
            end = ("--end", one["step"]["key"])
            taken[-1] += ", --end by a person"
        if taken[-1] == "wait":
            until = one["step"]["until"]
            left = datetime.fromisoformat(until.replace("Z", "+00:00")) - datetime.now(timezone.utc) if until else 2 * DAY
            taken[-1] += "" if not until else f" {round(left / HOUR)}h" if left > HOUR / 2 else f" {round(left / MINUTE)}m"
            world.pass_time("ci", left + timedelta(seconds=2))  # AWS tells its time in whole seconds
            consumers.work()
    raise AssertionError(taken)


@pytest.mark.parametrize("flow", FLOWS)
def test_killed_between_every_two_calls(zygote, flow, aws, tmp_path, capsys, rows):
    """Wherever a run is killed, what was handed over works at once and ever after, and one key is left in the end."""
    environment = world.environment(aws)
    for names, number, when in list(points_of(zygote, flow, aws, tmp_path)):
        world.reset(aws)
        consumers, old, arguments = start(flow, tmp_path)
        run = zygote.run(tmp_path, "rotate", *arguments, kill=(number, when), environment=environment)
        assert run.code == -9
        for draft in tmp_path.glob(".k.*"):
            os.utime(draft, (0, 0))  # time passes for it too
        consumers.work()
        state = told(old, consumers)
        taken = finished(capsys, FLOWS[flow][0], consumers)
        left, secret = consumers.read()
        assert world.keys("ci") == {left: "Active"}
        assert left != old
        assert world.secret("ci", left) == secret
        assert not list(tmp_path.glob(".k.*"))
        rows.append((flow, f"{when} {_numbered(names, number)}", *state, taken))
    if not os.environ.get("UPDATE_GOLDEN"):
        known = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {flow} |")]
        assert _lines([row for row in rows if row[0] == flow]) == known


@pytest.fixture(scope="module")
def rows():
    """What was found, for the table."""
    found = []
    yield found
    if os.environ.get("UPDATE_GOLDEN"):
        assert {row[0] for row in found} == set(FLOWS)
        head = ["| step | killed | keys in AWS | noted | at `--to` | the next runs |", "|---|---|---|---|---|---|"]
        TABLE.write_text("\n".join([*head, *_lines(found), ""]), encoding="utf-8")


def _lines(found):
    return [f"| {' | '.join((*row[:5], ', '.join(row[5])))} |" for row in found]


@pytest.mark.parametrize("point", ["GetCallerIdentity", "TagUser"])
def test_asked_to_end(zygote, aws, tmp_path, point):
    """SIGTERM, as a pipeline sends it, lets a run delete the key that nobody has received."""
    names = next(points_of(zygote, "create, to a file", aws, tmp_path))[0]
    number = names.index(point, names.index("CreateAccessKey"))
    world.reset(aws)
    _, old, arguments = start("create, to a file", tmp_path)
    run = zygote.run(tmp_path, "rotate", *arguments, kill=(number, "ask"), environment=world.environment(aws))
    assert run.points[number] == point
    assert run.code == 2
    assert "keyturn: ci: The new key was deleted again, and the old one is as it was.\n" in run.said
    assert run.said.endswith("keyturn: interrupted: the same command goes on from here.\n")
    assert world.keys("ci") == {old: "Active"}
