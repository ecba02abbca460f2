"""Random Terraform programs: one root that calls many modules, each with its variables, locals, keys and modules of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from tests.integration.oracle.expressions import Grammar, quoted

OBJECT = "object({ name = string, on = optional(bool, true), n = optional(number, 3) })"
TYPES: dict[str, tuple[str, dict[str, str]]] = {
    # the type constraint → the kind of expression that is given to it, and what can be read from the variable
    "string": ("text", {"text": "{}"}),
    "number": ("number", {"number": "{}"}),
    "bool": ("truth", {"truth": "{}"}),
    "list(string)": ("texts", {"texts": "{}"}),
    "set(string)": ("texts", {"set": "{}"}),
    "map(string)": ("map", {"map": "{}"}),
    OBJECT: ("object", {"object": "{}", "text": "{}.name"}),
    f"list({OBJECT})": ("objects", {"objects": "{}", "texts": "{}[*].name"}),
    f"map({OBJECT})": ("named", {"objects": "values({})", "texts": "keys({})"}),
    'object({ name = optional(string), more = optional(map(string), { z = "1" }) })': (
        "object",
        {"text": "{}.name", "map": "{}.more"},
    ),
    "tuple([string, number])": ("pair", {"text": "{}[0]", "number": "{}[1]"}),
    "any": ("text", {"text": "{}"}),
    "": ("texts", {"texts": "{}"}),
}
SAFE = {
    "text": '"safe"',
    "number": "4",
    "truth": "true",
    "texts": '["s", "t"]',
    "map": '{ s = "t" }',
    "set": 'toset(["s"])',
    "object": '{ name = "s", on = false, n = 1 }',
    "objects": '[{ name = "s", on = true, n = 2 }]',
    "named": '{ s = { name = "s" } }',
    "pair": '["s", "8"]',
}
SCALARS = ("text", "number", "truth")
"""Kinds that may be null: what Terraform says of a null list depends on the type that it would have had."""


@dataclass
class Block:
    """One block: arguments as text of the language, and blocks inside it."""

    kind: str
    labels: tuple[str, ...] = ()
    arguments: dict[str, str] = field(default_factory=dict)
    inside: list[Block] = field(default_factory=list)

    def hcl(self, margin: str = "") -> str:
        head = " ".join((self.kind, *(f'"{one}"' for one in self.labels)))
        lines = [f"{margin}  {name} = {value}\n" for name, value in self.arguments.items()]
        return f"{margin}{head} {{\n{''.join(lines)}{''.join(one.hcl(margin + '  ') for one in self.inside)}{margin}}}\n"

    def json(self) -> dict[str, object]:
        """The same as an object of JSON; what must be constant stands there as it is."""
        made: dict[str, object] = {name: self.word(name, value) for name, value in self.arguments.items()}
        return made | {one.kind: one.json() for one in self.inside}

    def word(self, name: str, value: str) -> object:
        if self.kind == "variable":
            return value if name == "type" else json.loads(value)
        return json.loads(value) if name == "source" else f"${{{value}}}"


def as_json(blocks: list[Block]) -> str:
    """A whole file in JSON."""
    made: dict[str, object] = {}
    for block in blocks:
        place = made
        for name in (block.kind, *block.labels)[:-1]:
            place = place.setdefault(name, {})  # type: ignore[assignment]  # only objects are put there
        place[(block.kind, *block.labels)[-1]] = block.json()
    return json.dumps(made, indent=1, ensure_ascii=False)


@dataclass
class Program:
    """Files by path, and what is given from outside."""

    files: dict[str, str] = field(default_factory=dict)
    arguments: list[tuple[str, str]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


class Maker:
    """Writes one module and those below it into a program."""

    def __init__(self, program: Program, random: Random, path: str, depth: int = 0) -> None:
        self.program, self.random, self.path, self.depth = program, random, path, depth
        self.grammar = Grammar(random, {})
        self.loose: dict[str, list[str]] = {}
        self.wanted: dict[str, str] = {}
        self.blocks: list[Block] = []
        self.over: list[Block] = []
        self.json = random.random() < 0.25

    def write(self) -> None:
        for count in range(self.random.randint(1, 4)):
            self.variable(f"v{count}")
        for count in range(self.random.randint(1, 4)):
            self.local(f"l{count}")
        if self.depth < 2:
            for count in range(self.random.randint(0, 2)):
                self.call(f"m{count}")
        self.unknown()
        for count in range(self.random.randint(1, 3)):
            self.key(f"k{count}")
        self.output()
        self.save()

    def save(self) -> None:
        if self.json:
            self.program.files[f"{self.path}/main.tf.json"] = as_json(self.blocks)
        else:
            self.program.files[f"{self.path}/main.tf"] = "\n".join(one.hcl() for one in self.blocks)
        if self.over:
            name = self.random.choice(("override.tf", "x_override.tf"))
            self.program.files[f"{self.path}/{name}"] = "\n".join(one.hcl() for one in self.over)

    def know(self, kind: str, name: str) -> None:
        self.grammar.names.setdefault(kind, []).append(name)

    def safely(self, kind: str, depth: int = 2) -> str:
        """An expression that has a value of the kind whatever happens."""
        plain = "text" if kind == "pair" else kind
        made = {
            "named": lambda: f'{{ for i, o in {self.grammar.make("objects", depth)} : "k${{i}}" => o }}',
            "pair": lambda: f"[{self.grammar.make('text', depth)}, {self.grammar.make('number', depth)}]",
        }.get(kind, lambda: self.grammar.make(plain, depth))()
        if kind == "number" and self.random.random() < 0.3:
            made = f"tostring({made})"
        return f"try({made}, {SAFE[kind]})"

    def condition(self) -> str:
        """A truth value that is not null."""
        return f"try(({self.grammar.make('truth', 2)}) ? true : false, true)"

    def constant(self, kind: str) -> str:
        """A value of the kind in JSON, which is a value of the language too."""
        word = self.grammar.word
        text = lambda: json.dumps(word().replace("$", "S").replace("%", "P"), ensure_ascii=False)  # noqa: E731
        some = [text() for _ in range(self.random.randint(0, 3))]
        one = f'{{"name": {text()}, "n": {self.random.randint(0, 9)}}}'
        return {
            "text": text(),
            "number": str(self.random.randint(0, 12)),
            "truth": self.random.choice(("true", "false")),
            "texts": f"[{', '.join(some)}]",
            "map": "{" + ", ".join(f'"k{count}": {value}' for count, value in enumerate(some)) + "}",
            "object": one,
            "objects": f"[{one}, {one}]" if some else "[]",
            "named": f'{{"b": {one}, "a": {one}}}' if some else "{}",
            "pair": f'[{text()}, "7"]',
        }[kind]

    def variable(self, name: str) -> None:
        constraint = self.random.choice(list(TYPES))
        kind, readings = TYPES[constraint]
        arguments = {"type": constraint} if constraint else {}
        if self.random.random() < 0.6:
            arguments["default"] = self.constant(kind)
        if self.random.random() < 0.2:
            arguments["nullable"] = "false"
        self.blocks.append(Block("variable", (name,), arguments))
        if "default" in arguments and self.random.random() < 0.15:
            self.over.append(Block("variable", (name,), {"default": self.constant(kind)}))
        if "default" not in arguments or self.random.random() < 0.6:
            self.wanted[name] = (
                kind if self.random.random() < 0.9 or "default" not in arguments or kind not in SCALARS else "null"
            )
        for reading, pattern in readings.items():
            self.know(reading, pattern.format(f"var.{name}"))

    def local(self, name: str) -> None:
        kind = self.random.choice([one for one in SAFE if one not in ("named", "pair")])
        value = self.safely(kind, 3)
        if kind == "text" and not self.json and self.random.random() < 0.4:
            value = self.heredoc()
        self.blocks.append(Block("locals", (), {name: value})) if not self.json else self.merged(name, value)
        if self.random.random() < 0.15:
            self.over.append(Block("locals", (), {name: self.safely(kind)}))
        self.know(kind, f"local.{name}")

    def merged(self, name: str, value: str) -> None:
        """In JSON all locals stand in one object."""
        for block in self.blocks:
            if block.kind == "locals":
                block.arguments[name] = value
                return
        self.blocks.append(Block("locals", (), {name: value}))

    def heredoc(self) -> str:
        body = ""
        for _ in range(self.random.randint(1, 3)):
            word, margin = self.random.choice(("a", "é b", '"q"', "")), " " * self.random.randint(2, 6)
            whole = f'coalesce({self.safely("text")}, "-")'  # null cannot stand in a template
            body += margin + f"{word}${{{whole}}}\n"
        return f"<<-EOT\n{body}  EOT"

    def times(self, block: Block) -> dict[str, list[str]]:
        """Give a block count or for_each, or neither; the names that it then has."""
        chance = self.random.random()
        if chance < 0.3:
            block.arguments["count"] = f"min(3, max(0, floor({self.safely('number')})))"
            return {"number": ["count.index"]}
        if chance < 0.6:
            kind = self.random.choice(("set", "map"))
            block.arguments["for_each"] = self.safely(kind)
            return {"text": ["each.key", "each.value"]}
        if chance < 0.7:
            block.arguments["for_each"] = f'{{ for i, o in {self.safely("objects")} : "o${{i}}" => o }}'
            return {"text": ["each.key"], "object": ["each.value"]}
        if chance < 0.8:
            block.arguments["count"] = f"{self.condition()} ? 1 : 0"
        return {}

    def within(self, names: dict[str, list[str]], kind: str, depth: int = 3) -> str:
        """An expression that may use some more names."""
        before = {one: list(listed) for one, listed in self.grammar.names.items()}
        for one, listed in names.items():
            for name in listed * 3:
                self.know(one, name)
        self.grammar.loose = any(name in listed for some in self.loose.values() for name in some for listed in names.values())
        try:
            return self.safely(kind, depth)
        finally:
            self.grammar.names, self.grammar.loose = before, False

    def call(self, name: str) -> None:
        child = Maker(self.program, self.random, f"{self.path}/{name}", self.depth + 1)
        child.write()
        block = Block("module", (name,), {"source": f'"./{name}"'})
        names = self.times(block)
        for variable, kind in child.wanted.items():
            block.arguments[variable] = "null" if kind == "null" else self.within(names, kind, 2)
        self.blocks.append(block)
        self.know("texts", f"flatten([module.{name}[*].out])")
        known = [f'try(module.{name}.out[0], "no")', f'try(module.{name}[0].out[0], "no")']
        self.grammar.names.setdefault("text", []).extend(known)
        self.loose.setdefault("text", []).append(f'try(module.{name}.loose, "no")')

    def unknown(self) -> None:
        """Something known only after apply, read by names that count and for_each never use."""
        if self.random.random() < 0.5:
            self.blocks.append(Block("resource", ("terraform_data", "t"), {"input": f"tostring({self.safely('text')})"}))
            self.loose.setdefault("text", []).extend(("terraform_data.t.id", "terraform_data.t.output"))
            self.know("text", "terraform_data.t.input")

    def key(self, name: str) -> None:
        block = Block("resource", ("aws_iam_access_key", name))
        names = self.times(block)
        if self.loose and self.random.random() < 0.4:
            names = {one: names.get(one, []) + self.loose.get(one, []) for one in {*names, *self.loose}}
        kind = self.random.choice([one for one in SAFE if one not in ("named", "pair")])
        block.arguments["user"] = f'try(jsonencode({self.within(names, kind)}), "!")'
        if self.random.random() < 0.4:
            block.arguments["status"] = f'{self.condition()} ? "Active" : {self.random.choice(("null", quoted("Inactive")))}'
        self.blocks.append(block)
        if self.random.random() < 0.15:
            self.over.append(Block("resource", block.labels, {"user": f'try(jsonencode({self.safely("text")}), "!")'}))

    def output(self) -> None:
        self.blocks.append(Block("output", ("out",), {"value": self.safely("texts")}))
        loose = self.within(self.loose, "text", 2)
        self.blocks.append(Block("output", ("loose",), {"value": loose}))


LEVELS = ("environment", "terraform.tfvars", "terraform.tfvars.json", "a.auto.tfvars", "b.auto.tfvars.json", "line")


def make(seed: int, modules: int) -> Program:
    """A program of a root and so many modules that it calls."""
    random = Random(seed)
    program = Program()
    root: list[Block] = []
    given: dict[str, dict[str, str]] = {level: {} for level in LEVELS}
    for count in range(modules):
        maker = Maker(program, random, f"c{count}")
        maker.write()
        call = Block("module", (f"c{count}",), {"source": f'"./c{count}"'})
        for variable, kind in maker.wanted.items():
            call.arguments[variable] = "null"
            if kind != "null":
                name = f"c{count}_{variable}"
                root.append(_input(maker, name, kind, given))
                call.arguments[variable] = f"var.{name}"
        root.append(call)
    program.files["main.tf"] = "\n".join(block.hcl() for block in root)
    _give(program, random, given)
    return program


def _input(maker: Maker, name: str, kind: str, given: dict[str, dict[str, str]]) -> Block:
    """A variable of the root, with values from some of the places that can give it one."""
    random = maker.random
    simple = {"text": "string", "number": "number", "truth": "bool"}.get(kind)
    levels = [level for level in LEVELS if random.random() < 0.25]
    for level in levels:
        given[level][name] = maker.constant(kind)
    kinds = [constraint for constraint, (one, _) in TYPES.items() if one == kind and constraint not in ("", "any")]
    arguments = {"type": simple or random.choice(kinds)}
    if not levels or random.random() < 0.5:
        arguments["default"] = maker.constant(kind)
    return Block("variable", (name,), arguments)


def _give(program: Program, random: Random, given: dict[str, dict[str, str]]) -> None:
    for level in LEVELS[1:-1]:
        values = given[level]
        as_text = "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in values.items()) + "}"
        program.files[level] = (
            as_text if level.endswith(".json") else "".join(f"{name} = {one}\n" for name, one in values.items())
        )
    for name, value in given["environment"].items():
        program.environment[f"TF_VAR_{name}"] = _plain(value)
    for count, (name, value) in enumerate(given["line"].items()):
        for _ in range(random.randint(1, 2)):
            if random.random() < 0.5:
                path = f"named{count}.tfvars"
                program.files[path] = f"{name} = {value}\n"
                program.arguments.append(("var-file", path))
            else:
                program.arguments.append(("var", f"{name}={_plain(value)}"))


def _plain(value: str) -> str:
    """A value as the command line and the environment take it: a string is not quoted there."""
    return json.loads(value) if value.startswith('"') else value


def lines(program: Program) -> Iterator[str]:
    """What is given on the command line, as terraform takes it."""
    for name, value in program.arguments:
        yield f"-{name}={value}"
