"""The code of a run comes in an archive: all that Terraform reads is read, and nothing else is written anywhere."""

import gzip
import io
import json
import tarfile

import pytest

from checker.errors import SourceError
from checker.model import Gap, KeyResource, Rotation
from checker.sources import archive, code
from tests.sources.terraform_files import AT, ROTATES, an_archive

PLAIN = 'resource "aws_iam_access_key" "k" {\n  user = var.user\n}\n'


def facts(data, folder=""):
    """What the code in an archive tells."""
    return list(archive.read(io.BytesIO(data), folder, lambda place: code.read([place], at=AT)))


def keys(data, folder=""):
    """The resources in it."""
    return [one for one in facts(data, folder) if isinstance(one, KeyResource)]


def link(name, target):
    """A symbolic link."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


def test_the_working_directory_is_read_with_what_it_calls():
    """Values files and modules above it count, and places are named from the archive's root."""
    files = {
        "live/eu/main.tf": 'variable "user" {}\nmodule "key" {\n  source = "../../modules/key"\n  user = var.user\n}\n',
        "live/eu/terraform.tfvars": 'user = "ci"\n',
        "modules/key/main.tf": 'variable "user" {}\n' + PLAIN,
        "live/us/main.tf": ROTATES,
    }
    (found,) = keys(an_archive(files), "live/eu")
    assert (found.location.path, found.location.line) == ("modules/key/main.tf", 2)
    assert [(one.address, one.root, one.user) for one in found.instances] == [
        ("module.key.aws_iam_access_key.k", "live/eu", "ci")
    ]
    assert found.mechanism.kind is Rotation.NONE


def test_downloaded_modules_in_it_are_looked_into():
    """Where `terraform init` noted them."""
    key = {"Key": "key", "Source": "registry.terraform.io/a/key/aws", "Version": "1.0.0", "Dir": ".terraform/modules/key"}
    files = {
        "main.tf": 'module "key" {\n  source = "a/key/aws"\n  version = "1.0.0"\n}\n',
        ".terraform/modules/modules.json": json.dumps({"Modules": [key]}),
        "./.terraform/modules/key/main.tf": ROTATES,
    }
    assert [one.mechanism.kind for one in keys(an_archive(files))] == [Rotation.CLOCK]


def test_nothing_is_written_outside(tmp_path, monkeypatch):
    """Paths that lead out, links and other files are left out; the rest counts."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "here"))
    monkeypatch.setattr(archive.tempfile, "tempdir", None)
    (tmp_path / "here").mkdir()
    (tmp_path / "secret.tf").write_text(ROTATES)
    files = {
        "../../evil.tf": PLAIN,
        "/tmp/evil.tf": PLAIN,
        "a/../../evil.tf": PLAIN,
        "C:evil.tf": PLAIN,
        "a\\..\\evil.tf": PLAIN,
        "link.tf": link("link.tf", str(tmp_path / "secret.tf")),
        "main.tf": ROTATES,
        "run.sh": "exit 1",
    }
    seen = []

    def look(place):
        seen.extend(sorted(path.relative_to(tmp_path).parts[2:] for path in tmp_path.rglob("*") if path.is_file()))
        yield from code.read([place], at=AT)

    found = list(archive.read(io.BytesIO(an_archive(files)), "", look))
    assert seen == [(), ("main.tf",)]
    assert len([one for one in found if isinstance(one, KeyResource)]) == 1
    assert not [one for one in found if isinstance(one, Gap)]
    assert [path.name for path in tmp_path.rglob("*")] == ["here", "secret.tf"] or not list((tmp_path / "here").iterdir())


def refusal(data, folder=""):
    """The sentence of what is refused."""
    with pytest.raises(SourceError) as caught:
        facts(data, folder)
    return str(caught.value)


DAMAGED = (b"", b"PK", an_archive({"main.tf": ROTATES})[:90], gzip.compress(b"x" * 2000), gzip.compress(b""))


@pytest.mark.parametrize("data", DAMAGED, ids=["empty", "zip", "cut off", "no tar", "nothing"])
def test_a_damaged_archive_is_no_code(data):
    """It is refused in one sentence, and never read as empty."""
    assert refusal(data) in (archive.DAMAGED, "the code of the run has no Terraform files in its working directory .")


@pytest.mark.parametrize("folder", ["..", "../x", "a/../../x", "C:x"])
def test_a_working_directory_outside_is_refused(folder):
    """Whoever named it."""
    assert refusal(an_archive({"main.tf": ROTATES}), folder) == "the working directory of the run lies outside of its code"


def test_names_that_no_file_can_have_are_said():
    """A directory whose name is too long is not there, and a file with a zero in its name cannot be written."""
    assert refusal(an_archive({"main.tf": ROTATES}), "x" * 5000).startswith("the code of the run has no Terraform files in")
    member = tarfile.TarInfo("x")
    member.pax_headers = {"path": "a\0b.tf"}
    said = "the code of the run cannot be unpacked: a file in it has a name that no file can have"
    assert refusal(an_archive({"x": member, "main.tf": ROTATES})) == said


def test_a_working_directory_that_is_not_there_is_said():
    """A run whose directory holds no code was not planned from this archive."""
    said = "the code of the run has no Terraform files in its working directory infra"
    assert refusal(an_archive({"main.tf": ROTATES}), "infra") == said


@pytest.mark.parametrize("limit", ["FILES", "LARGEST", "TOTAL", "UNPACKED"])
def test_too_much_is_not_unpacked(monkeypatch, limit):
    """Neither too many files, nor too large ones, nor too much in all, nor a bomb."""
    monkeypatch.setattr(archive, limit, 1)
    assert refusal(an_archive({"a.tf": ROTATES, "b.tf": ROTATES})) == archive.TOO_LARGE


def test_a_header_that_is_a_bomb_is_not_read():
    """Names of a hundred megabytes are made to hurt."""
    member = tarfile.TarInfo("x")
    member.type, member.size = tarfile.GNUTYPE_LONGNAME, 100 << 20
    data = gzip.compress(member.tobuf(tarfile.GNU_FORMAT) + bytes(100 << 20))
    assert len(data) < 200_000
    assert refusal(data) == archive.TOO_LARGE


def test_a_chain_of_headers_is_no_way_to_end_the_program():
    """Long names of long names recur."""
    member = tarfile.TarInfo("x")
    member.type, member.size = tarfile.GNUTYPE_LONGNAME, 512
    assert refusal(gzip.compress((member.tobuf(tarfile.GNU_FORMAT) + b"x" * 512) * 5_000)) == archive.DAMAGED


def test_a_name_that_is_a_file_and_a_folder_is_said():
    """As a disk that is full would be."""
    said = refusal(an_archive({"a.tf": ROTATES, "a.tf/b.tf": ROTATES}))
    assert said == "the code of the run cannot be unpacked: File exists"


def test_what_is_passed_over_counts_towards_the_bound(monkeypatch):
    """A file that nobody reads may be as large as it likes, but not larger than any archive may be."""
    files = {"main.tf": ROTATES, "video.mp4": "x" * 100_000, "other.tf": "# read behind it"}
    assert keys(an_archive(files))
    monkeypatch.setattr(archive, "UNPACKED", 50_000)
    with pytest.raises(SourceError, match=archive.TOO_LARGE):
        keys(an_archive(files))
