"""Each kind of place for a secret: what it takes, what it refuses, and what it leaves as it was."""

import json
import os
import stat
import sys
from pathlib import Path

import boto3
import pytest

from checker.cli.desk import outside
from checker.errors import UsageError
from checker.rotate import Credential, FailedError, Secret, Site, destination
from checker.rotate.destinations import _command, _whole
from checker.sources.aws import Clock, Target, connect
from tests.rotate import world

ONE = Credential(id="AKIAONEONEONEONEONEO", secret=Secret("first/secret+1"), user="ci")
TWO = Credential(id="AKIATWOTWOTWOTWOTWOT", secret=Secret("second/secret=2"), user="ci")


def site(services=None):
    return Site(user="ci", services=services, region="eu-central-1", machine="here", credentials_file=Path("credentials"))


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A destination by what would be typed, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda typed: destination(typed, site())


@pytest.fixture
def store(aws):
    """A destination by what would be typed, in an empty account."""
    clock = Clock(sleep=lambda _: None, monotonic=lambda: 0.0, random=lambda: 0.0)
    there = connect(Target(), clock)
    return lambda typed: destination(typed, site(lambda service: outside(there.ask(service))))


def same(one, other):
    return (one.id, one.secret) == (other.id, other.secret)


def refused(one, *words):
    with pytest.raises(FailedError) as caught:
        one.check()
    for word in words:
        assert word in str(caught.value)
    assert caught.value.certain


@pytest.mark.parametrize("typed", ["", "file", "file:", "file: ", "s3:bucket", ":x", "command:'", "profile:a]b", "profile: a"])
def test_what_is_no_destination(place, typed):
    """What was typed is refused before anything is done, with the kinds that there are."""
    with pytest.raises(UsageError):
        place(typed)


def test_the_user_stands_in_the_name(place):
    """`{user}` is the user's name in every kind."""
    assert place("file:x-{user}.json").path.name == "x-ci.json"
    assert place("profile:{user}").name == "ci"
    assert place("command:put --for {user}").words == ("put", "--for", "ci")


@pytest.mark.parametrize("typed", ["file:k", "profile:ci"])
def test_files_take_read_back_and_replace(place, typed):
    """What is written is read back, and the next credential takes its place."""
    one = place(typed)
    one.check()
    assert one.read() is None
    for credential in (ONE, TWO):
        one.write(credential)
        assert same(one.read(), credential)
        one.check()


@pytest.mark.parametrize("typed", ["secretsmanager:a/b", "ssm:/a/b"])
def test_stores_take_read_back_and_replace(store, typed):
    """What is written is read back, and the next credential takes its place."""
    test_files_take_read_back_and_replace(store, typed)


@pytest.mark.parametrize("typed", ["file:k", "file:../k", "profile:ci", "secretsmanager:a", "ssm:a"])
def test_a_place_has_one_name(store, typed):
    """The journal knows a place by this name, from whatever folder, and no other place has it."""
    names = {store(one).place for one in (typed, "file:z", "profile:z", "secretsmanager:z", "ssm:z", "command:z")}
    assert len(names) == 6
    assert "secret" not in store(typed).place.removeprefix("secretsmanager")


def test_a_file_is_its_owner_s_even_where_the_old_one_was_not(place):
    """0600, and no draft stays."""
    one = place("file:k")
    one.write(ONE)
    Path("k").chmod(0o644)
    one.write(TWO)
    assert stat.S_IMODE(Path("k").stat().st_mode) == 0o600
    assert os.listdir() == ["k"]


def test_a_file_is_what_credential_process_reads(place):
    """`credential_process = cat FILE` works as it is."""
    place("file:k").write(ONE)
    assert json.loads(Path("k").read_text()) == {
        "Version": 1,
        "UserName": "ci",
        "AccessKeyId": ONE.id,
        "SecretAccessKey": "first/secret+1",
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"aws_access_key_id": "x", "aws_secret_access_key": "y", "region": "eu"},
            {"aws_access_key_id": ONE.id, "aws_secret_access_key": "first/secret+1", "region": "eu"},
        ),
        (
            {"db": {"password": "z"}, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"},
            {"db": {"password": "z"}, "AWS_ACCESS_KEY_ID": ONE.id, "AWS_SECRET_ACCESS_KEY": "first/secret+1"},
        ),
    ],
)
def test_json_keeps_its_names_and_its_other_members(place, before, after):
    """Whoever reads the place finds the credential under the names that it knows."""
    Path("k").write_text(json.dumps(before))
    one = place("file:k")
    one.check()
    one.write(ONE)
    assert json.loads(Path("k").read_text()) == after
    assert same(one.read(), ONE)


@pytest.mark.parametrize("text", ["hello", "[1]", '{"password": "x"}', "\x00", "{" * 10_000])
def test_a_file_of_something_else_is_refused(place, text):
    """It is never written over."""
    Path("k").write_text(text)
    refused(place("file:k"), "something else than an access key")
    assert Path("k").read_text() == text


def test_an_empty_file_is_taken(place):
    """Nothing is lost."""
    Path("k").write_text("{}")
    place("file:k").check()
    Path("k").write_text("\n")
    place("file:k").check()


def test_files_that_cannot_be_are_refused_before_a_key_is_made(place, monkeypatch):
    """No folder, a folder in the place of the file, bytes that are no text, no right to write."""
    refused(place("file:nowhere/k"), "there is no folder", "nowhere")
    Path("folder").mkdir()
    refused(place("file:folder"), "folder cannot be read: Is a directory")
    Path("bytes").write_bytes(b"\xff\xfe")
    refused(place("file:bytes"), "something else")
    monkeypatch.setattr(os, "access", lambda *_: False)
    refused(place("file:k"), "no file can be made in")


def test_a_file_that_changes_meanwhile_is_left_alone(place, monkeypatch):
    """Somebody else's change is not written over."""
    one = place("file:k")
    one.write(ONE)
    draft = _whole._draft

    def meanwhile(*given):
        draft(*given)
        Path("k").write_text("{}")

    monkeypatch.setattr(_whole, "_draft", meanwhile)
    with pytest.raises(FailedError, match="somebody else has just changed"):
        one.write(TWO)
    assert Path("k").read_text() == "{}"
    assert os.listdir() == ["k"]


def test_a_full_disk_leaves_the_old_file(place, monkeypatch):
    """What cannot be written is said, and nothing is there by half."""
    one = place("file:k")
    one.write(ONE)

    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FailedError, match="cannot be written: No space left on device") as caught:
        one.write(TWO)
    assert caught.value.certain
    assert same(one.read(), ONE)
    assert os.listdir() == ["k"]


def test_what_a_killed_run_left_is_removed(place):
    """A draft holds a secret: the next writing removes those that no run can still be about to rename."""
    for name, age in ((".k.1.part", 4000), (".k.2.part", 3000), (".other.1.part", 4000)):
        Path(name).touch()
        now = Path(name).stat().st_mtime
        os.utime(name, (now - age, now - age))
    place("file:k").write(ONE)
    assert sorted(os.listdir()) == [".k.2.part", ".other.1.part", "k"]


CREDENTIALS = """\
# my keys; do not touch
[default]
aws_access_key_id=AKIADEFAULTDEFAULTDE
aws_secret_access_key=default/secret

  ; the build server
[ci]
region = eu-central-1
AWS_ACCESS_KEY_ID  =  AKIAOLDOLDOLDOLDOLDO
aws_secret_access_key = old/secret{spaces}
s3 =
  max_concurrent_requests = 20
[last]
aws_access_key_id = AKIALASTLASTLASTLAST""".replace("{spaces}", "   ")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_profile_is_edited_in_place(place, end):
    """Comments, order, spaces, line ends, nested settings and the other profiles stay, to the byte."""
    before = CREDENTIALS.replace("\n", end)
    Path("credentials").write_bytes(before.encode())
    one = place("profile:ci")
    assert one.read().id == "AKIAOLDOLDOLDOLDOLDO"
    one.check()
    one.write(ONE)
    after = before.replace("AKIAOLDOLDOLDOLDOLDO", ONE.id).replace("old/secret   ", "first/secret+1")
    assert Path("credentials").read_bytes() == after.encode()


def test_the_sdk_reads_what_was_edited(place, monkeypatch):
    """botocore itself finds the credential, and the other ones as they were."""
    Path("credentials").write_text(CREDENTIALS)
    place("profile:ci").write(ONE)
    place("profile:new one").write(TWO)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "credentials")
    found = {name: boto3.Session(profile_name=name).get_credentials() for name in ("default", "ci", "new one")}
    assert (found["ci"].access_key, found["ci"].secret_key) == (ONE.id, "first/secret+1")
    assert (found["new one"].access_key, found["new one"].secret_key) == (TWO.id, "second/secret=2")
    assert found["default"].secret_key == "default/secret"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "[ci]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"),
        ("# x", "# x\n\n[ci]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"),
        ("[a]\nb = c\n", "[a]\nb = c\n\n[ci]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"),
        ("[ci]", "[ci]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n"),
        ("[ci]\nregion = x\n", "[ci]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\nregion = x\n"),
    ],
)
def test_a_profile_is_added(place, before, after):
    """What is missing is added, in the file, in the profile, or beside the one that is there."""
    Path("credentials").write_text(before)
    place("profile:ci").write(ONE)
    assert Path("credentials").read_text() == after.format(id=ONE.id, secret="first/secret+1")


def test_a_credentials_file_is_made(tmp_path):
    """With its folder, for the owner only."""
    where = Site(user="ci", services=None, region="", machine="here", credentials_file=tmp_path / ".aws" / "credentials")
    destination("profile:ci", where).write(ONE)
    assert stat.S_IMODE((tmp_path / ".aws").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / ".aws" / "credentials").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[ci]\naws_session_token = x\n", "temporary credentials"),
        ("[ci]\n[ci]\n", "not in the form"),
        ("nothing\n", "not in the form"),
        ("[ci]\naws_access_key_id =\n  AKIAX\n", "cannot be edited without harm"),
    ],
)
def test_a_profile_that_cannot_be_edited_is_refused(place, text, why):
    """Before a key is made; the file stays as it was."""
    Path("credentials").write_text(text)
    refused(place("profile:ci"), why)
    assert Path("credentials").read_text() == text


def test_bytes_that_are_no_utf8_stay(place):
    """A comment in another encoding is none of our business."""
    Path("credentials").write_bytes(b"# caf\xe9\n[ci]\naws_access_key_id = x\naws_secret_access_key = y\n")
    place("profile:ci").write(ONE)
    assert Path("credentials").read_bytes().startswith(b"# caf\xe9\n[ci]\naws_access_key_id = AKIAONE")


def test_a_link_is_followed(place):
    """The file that the link leads to is replaced, and the link stays."""
    Path("real").write_text("{}")
    Path("k").symlink_to("real")
    place("file:k").write(ONE)
    assert Path("k").is_symlink()
    assert ONE.id in Path("real").read_text()


def command(place, code):
    return place(f'command:"{sys.executable}" -c "{code}" {{user}}')


def test_a_command_gets_the_secret_on_its_standard_input(place):
    """As JSON; nothing of it is among its arguments, nor in its environment."""
    code = "import json, os, sys; json.dump([sys.argv, dict(os.environ), sys.stdin.read()], open('got', 'w'))"
    one = command(place, code)
    one.check()
    one.write(ONE)
    arguments, environment, typed = json.loads(Path("got").read_text())
    assert json.loads(typed)["SecretAccessKey"] == "first/secret+1"
    assert "first/secret+1" not in str(arguments) + str(environment)
    assert arguments[-1] == "ci"
    assert one.read() is None


def test_a_command_says_nothing(place, capfd):
    """It knows the secret, so what it prints is not shown, and its failure is told by its exit code alone."""
    one = command(place, "import sys; s = sys.stdin.read(); print(s); print(s, file=sys.stderr); sys.exit(7)")
    with pytest.raises(FailedError, match="ended with exit code 7; what it printed is not shown") as caught:
        one.write(ONE)
    assert not caught.value.certain
    assert "first" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_a_command_that_does_not_end_is_ended(place, monkeypatch):
    """Whether it took the secret is then not known."""
    monkeypatch.setattr(_command, "SECONDS", 0.2)
    with pytest.raises(FailedError, match="took longer") as caught:
        command(place, "import time; time.sleep(60)").write(ONE)
    assert not caught.value.certain
    assert caught.value.__cause__ is None


def test_a_command_that_is_not_there(place):
    """Is known before a key is made; one that cannot be run took no secret."""
    refused(place("command:no-such-command-here"), "there is no command no-such-command-here")
    Path("script").write_text("not a program")
    Path("script").chmod(0o755)
    one = place("command:./script")
    one.check()
    with pytest.raises(FailedError, match="cannot be run: Exec format error") as caught:
        one.write(ONE)
    assert caught.value.certain


def test_stores_refuse_what_they_would_write_over(store):
    """Something else, binary data, a secret that is being deleted, a parameter in clear."""
    secrets, ssm = boto3.client("secretsmanager"), boto3.client("ssm")
    secrets.create_secret(Name="text", SecretString="hello")
    refused(store("secretsmanager:text"), "the secret text holds something else")
    secrets.create_secret(Name="binary", SecretBinary=b"x")
    refused(store("secretsmanager:binary"), "binary data")
    secrets.create_secret(Name="gone", SecretString="{}")
    secrets.delete_secret(SecretId="gone")
    refused(store("secretsmanager:gone"), "marked for deletion")
    ssm.put_parameter(Name="clear", Type="String", Value="{}")
    refused(store("ssm:clear"), "is a String, which is kept in clear")
    ssm.put_parameter(Name="other", Type="SecureString", Value="hello")
    refused(store("ssm:other"), "the parameter other holds something else")


def test_a_parameter_keeps_its_kms_key(store):
    """AWS would encrypt a new version by its default key, unless it is told."""
    ssm = boto3.client("ssm")
    ssm.put_parameter(Name="k", Type="SecureString", Value="{}", KeyId="alias/mine")
    one = store("ssm:k")
    one.check()
    one.write(ONE)
    versions = ssm.get_parameter_history(Name="k")["Parameters"]
    assert [version["KeyId"] for version in versions] == ["alias/mine", "alias/mine"]


def test_a_secret_without_a_value_is_taken(store):
    """Terraform makes secrets without a value first."""
    boto3.client("secretsmanager").create_secret(Name="empty")
    one = store("secretsmanager:empty")
    one.check()
    assert one.read() is None
    one.write(ONE)
    assert same(one.read(), ONE)


def test_whatever_a_store_refuses_is_said(store, monkeypatch):
    """With the permission that AWS itself names: it may be one of the KMS key's."""
    from botocore.endpoint import Endpoint
    from botocore.exceptions import ClientError

    def denied(self, operation, request):
        message = f"User: x is not authorized to perform: kms:Decrypt on resource: y, {ONE.id}"
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, operation.name)

    monkeypatch.setattr(Endpoint, "make_request", denied)
    for one in (store("secretsmanager:a"), store("ssm:a")):
        for asked in (one.check, one.read, lambda one=one: one.write(ONE)):
            with pytest.raises(FailedError, match=r"^kms:Decrypt is denied\. Allow kms:Decrypt to the role or user that asks\.$"):
                asked()


def test_a_value_that_cannot_be_put_is_said(store, monkeypatch):
    """Only a secret that is not there is made."""
    from checker.rotate import RefusedError, _changes

    def denied(*_given):
        raise RefusedError("no.", "AccessDeniedException")

    monkeypatch.setattr(_changes, "put_secret", denied)
    with pytest.raises(RefusedError, match=r"^no\.$"):
        store("secretsmanager:a").write(ONE)


def test_a_key_is_proven_by_itself(store, monkeypatch):
    """Not by the credentials of the run; what AWS answers instead is its code alone."""
    from botocore.endpoint import Endpoint
    from botocore.exceptions import ClientError, EndpointConnectionError

    from checker.rotate import RefusedError, identifier

    identify = identifier(boto3.Session())
    key = world.user("ci")
    assert identify(Credential(id=key, secret=Secret("x")))["Arn"].endswith(":user/ci")
    errors = [ClientError({"Error": {"Code": "InvalidClientTokenId"}}, "x"), EndpointConnectionError(endpoint_url="y")]

    def failing(*_given):
        raise errors.pop()

    monkeypatch.setattr(Endpoint, "make_request", failing)
    for code in ("EndpointConnectionError", "InvalidClientTokenId"):
        with pytest.raises(RefusedError, match=f"^AWS answers {code} to the new key.$"):
            identify(ONE)
