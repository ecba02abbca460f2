"""Random Terraform roots whose keys do not rotate as they should, in the styles of people; the same one for the same seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Root:
    """The files of a root module and all below it, and how they are to be mended."""

    files: Files
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a key: the blocks beside it, and the lines of its lifecycle."""

    beside: str = ""
    lines: tuple[str, ...] = ()
    extra: str = ""


def a_root(seed: int, *, builtin: bool = False) -> Root:
    """One root; with `builtin` nothing in it needs the time provider."""
    pick = Random(seed)
    keys = "\n".join(_key(pick, number, builtin=builtin) for number in range(pick.choice((1, 1, 1, 2))))
    files = {"main.tf": keys}
    if pick.random() < 0.3:
        files = {"keys/main.tf": keys, "main.tf": _calls(pick)}
    files |= _versions(pick, next(iter(files)))
    style = _style(pick)
    chosen = "builtin" if builtin else pick.choice(("", "time", "builtin"))
    options = ("--fix-manual", *(("--fix-with", chosen) if chosen else ()))
    return Root({name: style(text) for name, text in files.items()}, options)


def a_json_root(seed: int) -> Root:
    """One root in JSON, without the time provider."""
    pick = Random(seed)
    keys = {f"k{number}": _json_key(pick, number) for number in range(pick.choice((1, 2, 3)))}
    tree: dict[str, object] = {"resource": {"aws_iam_access_key": keys}}
    if pick.random() < 0.5:
        tree = {"variable": {"stamp": {"default": "1"}}, **tree}
        tree["resource"] |= {"terraform_data": {"hand": {"triggers_replace": "${var.stamp}"}}}  # type: ignore[operator]
        keys["k0"]["lifecycle"] = {"replace_triggered_by": ["terraform_data.hand"]}
    if pick.random() < 0.3:
        tree = {"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}}, **tree}
    layout = pick.choice(({"indent": 2}, {"indent": 4}, {"indent": "\t"}, {}, {"separators": (",", ":")}))
    text = json.dumps(tree, **layout) + pick.choice(("", "\n"))  # type: ignore[arg-type]
    return Root({"main.tf.json": _ends(pick, text)}, ("--fix-manual", "--fix-with", "builtin"))


def _json_key(pick: Random, number: int) -> dict[str, object]:
    key: dict[str, object] = {"user": f"u{number}"}
    lifecycle = pick.choice(
        (None, {}, {"prevent_destroy": True}, {"create_before_destroy": False}, {"ignore_changes": ["status"]}, [{}], [])
    )
    return key if lifecycle is None else {**key, "lifecycle": lifecycle}


def _calls(pick: Random) -> str:
    if pick.random() < 0.3:
        return 'module "keys" {\n  for_each = toset(["a", "b"])\n  source   = "./keys"\n  prefix   = each.key\n}\n'
    names = pick.choice((("one",), ("one", "two")))
    return "\n".join(f'module "{name}" {{\n  source = "./keys"\n  prefix = "{name}"\n}}\n' for name in names)


def _versions(pick: Random, main: str) -> dict[str, str]:
    """A `versions.tf` beside the keys, of some shape, or none."""
    folder = main.rpartition("/")[0]
    text = pick.choice(
        (
            "",
            "",
            'terraform {\n  required_version = ">= 1.5"\n}\n',
            (
                'terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n'
                '      version = ">= 5.0"\n    }\n  }\n}\n'
            ),
            'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" } # the cloud\n  }\n}\n',
            'terraform {\n  required_providers { aws = { source = "hashicorp/aws" } }\n}\n',
            "terraform {\n  required_providers {\n  }\n}\n",
            'terraform {\n  required_version = "~> 1.6"\n\n  required_providers {\n    # ours\n    aws = "~> 5.0"\n  }\n}\n',
        )
    )
    return {f"{folder}/versions.tf" if folder else "versions.tf": text} if text else {}


def _style(pick: Random) -> Callable[[str], bytes]:
    """How a whole root is written: indentation, line ends, a byte order mark, the end of the file."""
    unit = pick.choice(("  ", "  ", "  ", "    ", "\t"))
    windows, mark, bare = pick.random() < 0.2, pick.random() < 0.1, pick.random() < 0.2

    def write(text: str) -> bytes:
        lines = []
        for line in text.split("\n"):
            kept = line.lstrip(" ")
            lines.append(unit * ((len(line) - len(kept)) // 2) + kept)
        text = "\n".join(lines)
        text = text.rstrip("\n") if bare else text
        return (b"\xef\xbb\xbf" if mark else b"") + (text.replace("\n", "\r\n") if windows else text).encode()

    return write


def _ends(pick: Random, text: str) -> bytes:
    return (text.replace("\n", "\r\n") if pick.random() < 0.2 else text).encode()


def _key(pick: Random, number: int, *, builtin: bool) -> str:
    name = pick.choice((f"k{number}", f"key-{number}"))
    fault = pick.choice(_BUILT_IN if builtin else (*_BUILT_IN, *_TIME))(pick, name)
    prefix = pick.choice(("", "", 'variable "prefix" {\n  default = ""\n}\n\n')) if number == 0 else ""
    prefix = prefix or ('variable "prefix" {\n  default = "x"\n}\n\n' if number == 0 else "")
    comment = pick.choice(("", "", "# the key of the robot\n", "/* two\n   lines */\n", "// a\n// b\n"))
    block = f'resource "aws_iam_access_key" "{name}" {{\n{_body(pick, name, number)}{_lifecycle(pick, fault)}{fault.extra}}}\n'
    if not fault.lines and not fault.extra and pick.random() < 0.2:
        block = f'resource "aws_iam_access_key" "{name}" {{ user = "${{var.prefix}}{name}" }}\n'
    parts = [fault.beside, f"{comment}{block}"] if fault.beside else [f"{comment}{block}"]
    pick.shuffle(parts)
    rival = f'resource "terraform_data" "{name}_rotation" {{\n}}\n\n' if pick.random() < 0.15 else ""
    return prefix + rival + "\n".join(parts) + _reader(pick, name)


def _body(pick: Random, name: str, number: int) -> str:
    user = f'"${{var.prefix}}{name}"'
    shape = pick.randrange(5)
    if shape == 0:
        return f"  user = {user} # robot\n"
    if shape == 1:
        return f'  count = 2\n  user  = "${{var.prefix}}{name}${{count.index}}"\n'
    if shape == 2:
        return f'  for_each = toset(["a", "b"])\n\n  user = "${{var.prefix}}{number}-${{each.key}}"\n'
    if shape == 3:
        return f'  user   = {user}\n  status = "Active"\n'
    return f"  user = {user}\n"


def _lifecycle(pick: Random, fault: Fault) -> str:
    lines = list(fault.lines)
    if pick.random() < 0.25:
        lines.append("ignore_changes = [status]")
    if not any("create_before" in one for one in lines) and pick.random() < 0.2:
        lines.insert(0, "create_before_destroy = " + pick.choice(("true", "false")))
    if not lines:
        return pick.choice(("", "", "", "\n  lifecycle {\n  }\n", "\n  lifecycle {}\n"))
    if len(lines) == 1 and "\n" not in lines[0] and pick.random() < 0.3:
        return f"\n  lifecycle {{ {lines[0]} }}\n"
    comment = pick.choice(("", "", "", "    # how it lives\n"))
    groups = [[one] for one in lines] if pick.random() < 0.3 else [lines]
    check = '\n    postcondition {\n      condition     = self.user != ""\n      error_message = "no user"\n    }\n'
    inner = "\n".join(_aligned(group, pick) for group in groups)
    return f"\n  lifecycle {{\n{comment}{inner}{check if pick.random() < 0.15 else ''}  }}\n"


def _aligned(lines: list[str], pick: Random) -> str:
    """Arguments in the columns of `terraform fmt`, some with a comment behind them."""
    pairs = [line.split(" = ", 1) for line in lines]
    single = all("\n" not in value for _, value in pairs)
    width = max(len(name) for name, _ in pairs) if single else 0
    rows = [f"    {name.ljust(width)} = {value}" for name, value in pairs]
    if single and pick.random() < 0.2:
        column = max(map(len, rows))
        rows = [f"{row.ljust(column)} # why" for row in rows]
    return "".join(f"{row}\n" for row in rows)


def _reader(pick: Random, name: str) -> str:
    if pick.random() < 0.7:
        return ""
    return f'\noutput "{name}" {{\n  value     = aws_iam_access_key.{name}\n  sensitive = true\n}}\n'


def _bare(pick: Random, name: str) -> Fault:
    return Fault()


def _guarded(pick: Random, name: str) -> Fault:
    return Fault(lines=("prevent_destroy = true",))


def _constant(pick: Random, name: str) -> Fault:
    user = f'resource "aws_iam_user" "{name}" {{\n  name = "{name}"\n}}\n'
    listed = pick.choice((f"[aws_iam_user.{name}.name]", f"[\n      aws_iam_user.{name}.name, # its owner\n    ]"))
    return Fault(user, (f"replace_triggered_by = {listed}",))


def _kept_id(pick: Random, name: str) -> Fault:
    bridge = f'resource "terraform_data" "{name}" {{\n  input = formatdate("YYYY-MM", plantimestamp())\n}}\n'
    return Fault(bridge, (f"replace_triggered_by = [terraform_data.{name}.id]",))


def _frozen(pick: Random, name: str) -> Fault:
    bridge = (
        f'resource "terraform_data" "{name}" {{\n  triggers_replace = formatdate("YYYY-MM", plantimestamp())\n\n'
        "  lifecycle {\n    ignore_changes = [triggers_replace]\n  }\n}\n"
    )
    return Fault(bridge, (f"replace_triggered_by = [terraform_data.{name}]",))


def _yearly(pick: Random, name: str) -> Fault:
    stamp = pick.choice(('formatdate("YYYY", plantimestamp())', '"v${formatdate("YYYY", plantimestamp())}"'))
    if pick.random() < 0.3:
        number = 'floor(tonumber(formatdate("YYYY", plantimestamp())) / 2)'
        stamp = pick.choice((number, f"{{ year = {stamp} }}"))
    bridge = f'resource "terraform_data" "{name}" {{\n  triggers_replace = {stamp} # once\n}}\n'
    return Fault(bridge, (f"replace_triggered_by = [terraform_data.{name}]",))


def _by_hand(pick: Random, name: str) -> Fault:
    bridge = f'resource "terraform_data" "{name}" {{\n  triggers_replace = "{pick.randrange(9)}"\n}}\n'
    listed = pick.choice((f"[terraform_data.{name}]", f"[\n      # turn it\n      terraform_data.{name}\n    ]"))
    return Fault(bridge, (f"replace_triggered_by = {listed}",))


def _no_overlap(pick: Random, name: str) -> Fault:
    bridge = f'resource "terraform_data" "{name}" {{\n  triggers_replace = formatdate("YYYY-MM", plantimestamp())\n}}\n'
    before = pick.choice(((), ("create_before_destroy = false",)))
    return Fault(bridge, (*before, f"replace_triggered_by = [terraform_data.{name}]"))


def _rotator(pick: Random, name: str) -> str:
    length = pick.choice(
        (
            "  rotation_days = 60\n",
            "  rotation_days = 180 # half\n",
            "  rotation_months = 6\n",
            "  rotation_years = 1\n",
            "  rotation_days  = 30\n  rotation_years = 1\n",
            "  rotation_hours = 24\n",
            "  rotation_days = 30 * 6\n",
        )
    )
    return f'resource "time_rotating" "{name}" {{\n{length}}}\n'


def _direct(pick: Random, name: str) -> Fault:
    rest = pick.choice(("", ".id", ".rfc3339"))
    listed = pick.choice((f"[time_rotating.{name}{rest}]", f"[\n      time_rotating.{name}{rest}, # old\n    ]"))
    return Fault(_rotator(pick, name), (f"replace_triggered_by = {listed}",))


def _ordered(pick: Random, name: str) -> Fault:
    return Fault(_rotator(pick, name), extra=f"\n  depends_on = [time_rotating.{name}]\n")


def _pinned(pick: Random, name: str) -> Fault:
    rotator = f'resource "time_rotating" "{name}" {{\n  rfc3339       = "2024-01-01T00:00:00Z"\n  rotation_days = 30\n}}\n'
    static = f'\nresource "time_static" "{name}" {{\n  rfc3339 = time_rotating.{name}.rfc3339\n}}\n'
    return Fault(rotator + static, (f"replace_triggered_by = [time_static.{name}]",))


def _bridged(pick: Random, name: str) -> Fault:
    static = f'\nresource "time_static" "{name}" {{\n  rfc3339 = time_rotating.{name}.rfc3339\n}}\n'
    return Fault(_rotator(pick, name) + static, (f"replace_triggered_by = [time_static.{name}]",))


def _set_outside(pick: Random, name: str) -> Fault:
    rotator = (
        f'variable "{name}_days" {{\n  default = 200\n}}\n\n'
        f'resource "time_rotating" "{name}" {{\n  rotation_days = var.{name}_days\n}}\n'
    )
    static = f'\nresource "time_static" "{name}" {{\n  rfc3339 = time_rotating.{name}.rfc3339\n}}\n'
    return Fault(rotator + static, (f"replace_triggered_by = [time_static.{name}]",))


_BUILT_IN = (_bare, _bare, _guarded, _constant, _kept_id, _frozen, _yearly, _by_hand, _no_overlap)
_TIME = (_direct, _direct, _ordered, _pinned, _bridged, _set_outside)
