"""The code inside a binary plan is read like any code, stands at its real lines where it lies, and stays in its folder."""

import io
import json
from pathlib import Path

import pytest

from checker.model import Gap, Instance, KeyResource, Location, Mechanism, Origin, Related, Rotation, SourceText
from checker.sources import _plan_source, plan
from tests.sources.binary_plans import a_binary_plan, a_change, a_zip, code
from tests.sources.terraform_files import AT, CANARY

K = "aws_iam_access_key.k"
ROOT = {"": (".", {"main.tf": 'module "m" {}\n', "other.tofu": ""}), "m": ("m", {"main.tf": "key\n"})}


def top(folder):
    """The folder that holds all of the code."""
    return next(one for one in Path(folder).parents if one.name.startswith("keyturn-"))


def every_file(folder):
    """A reader that finds one resource in each file, named as a reader of code names it."""
    for path in sorted(one for one in top(folder).rglob("*.t*f*") if one.is_file()):
        place = Location(path=path.as_posix(), line=1)
        yield KeyResource(
            address=path.read_text().strip() or "empty",
            type="aws_iam_access_key",
            origin=Origin.CODE,
            mechanism=Mechanism(
                kind=Rotation.NONE, why=f"see {path.as_posix()}", related=(Related(location=place, message="here"),)
            ),
            instances=(Instance(address="a.b", root=Path(folder).as_posix()),),
            location=place,
        )


def found(data, name="tfplan", reader=every_file):
    """What is found in the code of a plan."""
    facts = plan.read(name, io.BytesIO(data), at=AT, code=reader)
    return [one for one in facts if (isinstance(one, KeyResource) and one.origin is Origin.CODE) or isinstance(one, Gap)]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path, monkeypatch):
    """No test finds its code in the current directory by accident."""
    monkeypatch.chdir(tmp_path)


def test_findings_are_named_as_parts_of_the_plan():
    """Where the code is not at hand, its files are told as the plan's."""
    some = found(a_binary_plan(a_change(K), more=code(ROOT)))
    assert [one.location.path for one in some] == ["tfplan!/m/main.tf", "tfplan!/main.tf", "tfplan!/other.tofu"]
    assert {one.instances[0].root for one in some} == {""}
    assert some[0].mechanism.why == "see tfplan!/m/main.tf"
    assert some[0].mechanism.related[0].location.path == "tfplan!/m/main.tf"


@pytest.mark.parametrize("beside", [True, False])
def test_text_that_is_in_the_plan_alone_is_not_shown(beside):
    """Where the same code lies beside the plan, its lines may be cited; out of the plan itself nothing is."""

    def texts(folder):
        yield SourceText(path=f"{Path(folder).as_posix()}/main.tf", text="key\n")

    if beside:
        Path("main.tf").write_text("key\n")
    data = a_binary_plan(a_change(K), more=code({"": (".", {"main.tf": "key\n"})}))
    facts = plan.read("tfplan", io.BytesIO(data), at=AT, code=texts)
    assert [one for one in facts if isinstance(one, SourceText)] == [SourceText(path="main.tf", text="key\n")] * beside


def test_findings_stand_at_the_real_lines_where_the_code_lies_beside_the_plan():
    """The same bytes in the same places are the same code."""
    for path, text in (("infra/main.tf", 'module "m" {}\n'), ("infra/other.tofu", ""), ("infra/m/main.tf", "key\n")):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)
    some = found(a_binary_plan(a_change(K), more=code(ROOT)), name="infra/tfplan")
    assert [one.location.path for one in some] == ["infra/m/main.tf", "infra/main.tf", "infra/other.tofu"]
    assert {one.instances[0].root for one in some} == {"infra"}


def test_the_current_directory_is_named_plainly():
    """As a user would type it, also for standard input."""
    Path("main.tf").write_text("key\n")
    (one,) = found(a_binary_plan(a_change(K), more=code({"": (".", {"main.tf": "key\n"})})), name="-")
    assert (one.location.path, one.instances[0].root) == ("main.tf", ".")


def test_code_that_was_changed_since_is_not_taken_for_the_plans():
    """One other byte, and the lines are the plan's own."""
    Path("main.tf").write_text("yek\n")
    (one,) = found(a_binary_plan(a_change(K), more=code({"": (".", {"main.tf": "key\n"})})))
    assert one.location.path == "tfplan!/main.tf"


def test_modules_beside_and_above_the_root_keep_their_places():
    """Relative sources must lead from one to the other as they did."""
    tree = {"": (".", {"main.tf": "root"}), "a": ("../shared/a", {"main.tf": "a"}), "b": ("../../b", {"main.tf": "b"})}
    seen = {}

    def reader(folder):
        for path in ("main.tf", "../shared/a/main.tf", "../../b/main.tf"):
            seen[path] = (Path(folder) / path).read_text()
        return every_file(folder)

    some = found(a_binary_plan(a_change(K), more=code(tree)), reader=reader)
    assert seen == {"main.tf": "root", "../shared/a/main.tf": "a", "../../b/main.tf": "b"}
    names = {one.address: one.location.path for one in some}
    assert names == {"root": "tfplan!/main.tf", "a": "tfplan!/../shared/a/main.tf", "b": "tfplan!/../../b/main.tf"}


def test_downloaded_modules_are_noted_for_the_reader():
    """modules.json tells where `terraform init` put them; they are not looked for beside the plan."""
    tree = {"": (".", {"main.tf": "root"}), "x": (".terraform/modules/x/sub", {"main.tf": "x"})}
    Path("main.tf").write_text("root")
    noted = []

    def reader(folder):
        noted.append(json.loads((Path(folder) / ".terraform/modules/modules.json").read_text()))
        return every_file(folder)

    some = found(a_binary_plan(a_change(K), more=code(tree)), reader=reader)
    assert [one["Dir"] for one in noted[0]["Modules"]] == [".", ".terraform/modules/x/sub"]
    assert sorted(one.location.path for one in some) == [".terraform/modules/x/sub/main.tf", "main.tf"]


def test_the_folder_is_gone_afterwards():
    """The code may hold secrets."""
    folders = []

    def reader(folder):
        folders.append(Path(folder))
        yield SourceText(path=f"{folder}/main.tf", text="x")

    list(plan.read("tfplan", io.BytesIO(a_binary_plan(a_change(K), more=code(ROOT))), at=AT, code=reader))
    assert folders
    assert not folders[0].exists()


@pytest.mark.parametrize(
    "name",
    [
        "tfconfig/m-/../../evil.tf",
        "tfconfig/m-/sub/evil.tf",
        "tfconfig/m-/..\\evil.tf",
        "tfconfig/m-x/../evil.tf",
        "/tfconfig/m-/evil.tf",
        "tfconfig/m-/evil.sh",
        "tfconfig/m-unlisted/evil.tf",
        "evil.tf",
    ],
)
def test_names_that_lead_elsewhere_are_not_written(name, tmp_path):
    """Only plain files of listed modules are taken out."""
    more = {**code({"": (".", {"main.tf": "root"})}), name: b"evil"}
    assert [one.address for one in found(a_binary_plan(a_change(K), more=more))] == ["root"]
    assert [one.name for one in tmp_path.rglob("*")] == []


@pytest.mark.parametrize("path", ["/etc", "C:\\windows", "a/../../../../../../../../tmp/x", "../" * 50 + "x"])
def test_directories_that_lead_elsewhere_stay_below_the_folder(path):
    """A module's directory is a place below the folder, whatever it says."""
    seen = []

    def reader(folder):
        seen.extend(one.relative_to(top(folder)).as_posix() for one in top(folder).rglob("main.tf"))
        return iter(())

    found(a_binary_plan(a_change(K), more=code({"": (".", {"main.tf": "r"}), "x": (path, {"main.tf": "x"})})), reader=reader)
    assert len(seen) == 2


def test_no_directory_is_outside_the_folder(tmp_path):
    """The last door is checked too, though the root is laid as deep as any path leads up."""
    with pytest.raises(ValueError, match="x"):
        _plan_source._place(tmp_path, tmp_path / "near", "../../x")


def test_a_module_that_is_called_twice_is_one_module():
    """Terraform keeps the code of each call, and both of them lay in one directory."""
    tree = {
        "": (".", {"main.tf": "root"}),
        "a": ("m", {"main.tf": "m"}),
        "b": ("m", {"main.tf": "m"}),
        "b.c": ("m/../m", {"main.tf": "m"}),
    }
    some = found(a_binary_plan(a_change(K), more=code(tree)))
    assert {one.address: one.location.path for one in some} == {"root": "tfplan!/main.tf", "m": "tfplan!/m/main.tf"}


def test_two_modules_in_one_place_are_a_gap():
    """One would hide the other."""
    tree = {"": (".", {"main.tf": "r"}), "x": ("./", {"main.tf": "x"})}
    (gap,) = found(a_binary_plan(a_change(K), more=code(tree)))
    assert gap.why == "the code in it cannot be read"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, "it holds no code, so what replaces its keys is not known"),
        ({"tfconfig/m-/main.tf": b"x"}, "it holds no code, so what replaces its keys is not known"),
        (
            {"tfconfig/modules.json": b"[]", "tfconfig/m-/main.tf": b"x"},
            "it holds no code, so what replaces its keys is not known",
        ),
        (
            {"tfconfig/modules.json": b'[{"Key": ""}]', "tfconfig/m-/main.tf": b"x"},
            "it holds no code, so what replaces its keys is not known",
        ),
        ({"tfconfig/modules.json": b"{", "tfconfig/m-/main.tf": b"x"}, "the code in it cannot be read"),
        ({"tfconfig/modules.json": b"[" * 100_000, "tfconfig/m-/main.tf": b"x"}, "the code in it cannot be read"),
        ({"tfconfig/modules.json": b"7", "tfconfig/m-/main.tf": b"x"}, "the code in it cannot be read"),
        (
            {"tfconfig/modules.json": f'"{CANARY}"'.encode(), "tfconfig/m-/main.tf": b"x"},
            "it holds no code, so what replaces its keys is not known",
        ),
    ],
)
def test_code_that_is_not_there_is_a_gap(more, why):
    """The plan's layout may change; then the folder of the code is asked for."""
    (gap,) = found(a_binary_plan(a_change(K), more=more))
    assert (gap.what, gap.why, gap.hint) == ("tfplan", why, "Give the folder of the code as well")


@pytest.mark.parametrize(("limit", "value"), [("FILES", 1), ("LARGEST", 8), ("TOTAL", 8)])
def test_too_much_code_is_a_gap(limit, value, monkeypatch):
    """A small plan may unpack to anything."""
    monkeypatch.setattr(_plan_source, limit, value)
    (gap,) = found(a_binary_plan(a_change(K), more=code(ROOT)))
    assert gap.why == "the code in it is too large to be read"


def test_the_code_is_left_alone_where_nobody_asks_for_it():
    """A checkout that was given wins."""
    facts = list(plan.read("tfplan", io.BytesIO(a_binary_plan(a_change(K), more=code(ROOT))), at=AT))
    assert not [one for one in facts if isinstance(one, KeyResource) and one.origin is Origin.CODE]


def test_a_json_plan_has_no_code_inside():
    """And that is no gap: the plan tells what it can."""
    assert found(b'{"format_version": "1.2", "planned_values": {}}') == []


def test_a_zip_that_is_no_plan_is_one_gap():
    """Not two."""
    (gap,) = found(a_zip({"photo.png": b""}))
    assert gap.why == "this is a zip file, but no plan"
