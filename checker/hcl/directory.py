"""One directory of Terraform code → its module: every file read, split into blocks, and the blocks put in their places."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from checker.hcl.blocks import split
from checker.hcl.files import CodeFile, Unreadable, folder, read
from checker.hcl.modules import Declared, Module, Trouble
from checker.hcl.nodes import SyntaxFault

_OVERRIDE = re.compile(r"(^|_|/)override\.(tf|tofu)(\.json)?$")


def load(directory: str, data: Mapping[str, bytes] | None = None) -> Module:
    """Read and split every Terraform file of a directory; what cannot be read is in `trouble`.

    `data` are the bytes of all its files by name, where they have been read already.
    """
    module = Module(directory)
    module.files = tuple(sorted(_read(module) if data is None else _known(module, data), key=_overrides))
    for file in module.files:
        overrides = _overrides(file)
        for block in _blocks(file, module):
            _add(module, block, overrides)
    return module


def _overrides(file: CodeFile) -> bool:
    """Whether a file amends what stands in the others, which come first."""
    return _OVERRIDE.search(file.path) is not None


def _known(module: Module, data: Mapping[str, bytes]) -> Iterator[CodeFile]:
    near = module.prefix
    return (CodeFile(near + name, one) for name, one in data.items())


def _read(module: Module) -> Iterator[CodeFile]:
    found = folder(module.directory)
    if found.problem:
        module.trouble.append(Trouble(module.shown, 1, found.problem))
    for name in found.names:
        path = module.prefix + name
        try:
            yield CodeFile(path, read(os.path.join(module.directory, name)))
        except Unreadable as error:
            module.trouble.append(Trouble(path, 1, str(error)))


def _add(module: Module, block: Declared, overrides: bool) -> None:
    block.parse(module.trouble)
    name = _TABLES.get((block.kind, len(block.labels)))
    if name is None:
        (module.locals if block.kind == "locals" else module.others).append(block)
        return
    table: dict[object, Declared] = getattr(module, name)
    key = block.labels if len(block.labels) == 2 else block.labels[0]
    known = table.setdefault(key, block)
    if known is block:
        return
    if overrides:
        known.overrides.append(block)
        known.amended.append(block)
    else:
        module.trouble.append(Trouble(block.file.path, block.head.line, f"{block.kind} {block.name} is declared twice"))


_TABLES = {
    ("resource", 2): "resources",
    ("data", 2): "data",
    ("variable", 1): "variables",
    ("output", 1): "outputs",
    ("module", 1): "calls",
}
"""Where a module keeps a block, by its kind and the number of its labels."""


def _blocks(file: CodeFile, module: Module) -> Iterator[Declared]:
    return _json(file, module) if file.is_json else _hcl(file, module)


def _hcl(file: CodeFile, module: Module) -> Iterator[Declared]:
    try:
        file.data.decode()
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        module.trouble.append(Trouble(file.path, line, "not UTF-8"))
    found = split(file.data)
    module.comments.extend((file, one) for one in found.comments)
    for fault in found.faults:
        module.trouble.append(Trouble(file.path, fault.line, fault.message))
    for block in found.blocks:
        yield Declared(file, block.kind, block.labels, block, None)


def _json(file: CodeFile, module: Module) -> Iterator[Declared]:
    from checker.hcl.json_syntax import blocks, body, comments, read_json

    try:
        text = file.data.decode("utf-8-sig")
        whole = read_json(text, file.path)
        made = [(stated, body(stated)) for stated in blocks(whole)]
    except UnicodeDecodeError:
        module.trouble.append(Trouble(file.path, 1, "not UTF-8"))
    except SyntaxFault as fault:
        module.trouble.append(Trouble(file.path, fault.line, str(fault)))
    else:
        outside = dict.fromkeys(comments(whole))
        for stated, inner in made:
            kind, labels, node, place = stated
            declared = Declared(file, kind, labels, None, place)
            declared.settle(inner)
            for note in comments(node):
                module.notes.append((declared, file, *note))
                outside.pop(note, None)
            yield declared
        module.notes.extend((None, file, *note) for note in outside)
