"""Random expressions of Terraform's language, each of a type that is known beforehand, so that most of them are valid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

WORDS = (
    "a",
    "b",
    "svc",
    "ci-bot",
    "Ops",
    "team.x",
    "x y",
    "naïve",
    "日本",
    "e\u0301",
    "𝒳",
    'q"t',
    "b\\s",
    "100%",
    "$5",
    "${x}",
    "%{y}",
    "",
    "l\nm",
)
SIGNS = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}
KINDS = ("text", "number", "truth", "texts", "map", "set", "objects", "object")


def quoted(text: str) -> str:
    """A text as a quoted string of the language."""
    return '"' + inner(text) + '"'


def inner(text: str) -> str:
    """A text as it stands inside of quotes."""
    return "".join(SIGNS.get(sign, sign) for sign in text).replace("${", "$${").replace("%{", "%%{")


@dataclass
class Grammar:
    """Makes expressions; `names` are the references in force, by type."""

    random: Random
    names: dict[str, list[str]] = field(default_factory=dict)
    loops: int = 0
    loose: bool = False

    def make(self, kind: str, depth: int = 3) -> str:
        """An expression of a type: text, number, truth, texts (a list), map, set, object or objects."""
        if depth <= 0:
            return self.leaf(kind)
        names = self.names.get(kind, [])
        if names and self.random.random() < 0.2:
            return self.random.choice(names)
        made = self.random.choice(_RULES[kind])(self, depth - 1)
        return f"({made})" if self.random.random() < 0.05 else made

    def leaf(self, kind: str) -> str:
        """A reference or a literal."""
        names = self.names.get(kind, [])
        if names and self.random.random() < 0.6:
            return self.random.choice(names)
        return _LEAVES[kind](self)

    def word(self) -> str:
        return self.random.choice(WORDS)

    def inside(self, kind: str, body: Callable[[str], str], second: str = "") -> str:
        """What `body` makes with a fresh loop name of a type in force; `second` is the type of a key before it."""
        self.loops += 1
        name = f"i{self.loops}"
        before = {one: list(listed) for one, listed in self.names.items()}
        self.names.setdefault(kind, []).append(name)
        if second:
            self.names.setdefault(second, []).append(f"k{name}")
        try:
            return body(f"k{name}, {name}" if second else name)
        finally:
            self.names.clear()
            self.names.update(before)


def _join(*parts: str) -> str:
    return ", ".join(parts)


def _some(grammar: Grammar, kind: str, depth: int, least: int = 0, most: int = 3) -> list[str]:
    return [grammar.make(kind, depth) for _ in range(grammar.random.randint(least, most))]


def _template(grammar: Grammar, depth: int) -> str:
    parts = ["~"]
    for _ in range(grammar.random.randint(1, 3)):
        kind = grammar.random.choice(("word", "word", "text", "number", "truth"))
        open_, close = grammar.random.choice((("${", "}"), ("${", "}"), ("${ ", " }"), ("${", "}")))
        parts.append(inner(grammar.word()) if kind == "word" else open_ + grammar.make(kind, depth) + close)
    return '"' + "".join(parts) + '"'


def _directive(grammar: Grammar, depth: int) -> str:
    left, right = grammar.random.choice((("%{ ", " }"), ("%{~ ", " ~}"), ("%{", "}"), ("%{ ", " ~}")))
    if grammar.random.random() < 0.5:
        return (
            f'"{inner(grammar.word())} {left}if {grammar.make("truth", depth)}{right} {inner(grammar.word())} '
            f'{left}else{right} ${{{grammar.make("text", depth)}}} {left}endif{right} x"'
        )
    source = grammar.make("texts", depth)
    return grammar.inside(
        "text", lambda names: f'"<{left}for {names} in {source}{right} ${{{grammar.make("text", depth)}}}, {left}endfor{right}>"'
    )


def _choice(kind: str) -> Callable[[Grammar, int], str]:
    return lambda grammar, depth: f"({grammar.make('truth', depth)} ? {grammar.make(kind, depth)} : {grammar.make(kind, depth)})"


def _call(pattern: str, *kinds: str) -> Callable[[Grammar, int], str]:
    return lambda grammar, depth: pattern.format(*(grammar.make(kind, depth) for kind in kinds))


def _for_list(source: str) -> Callable[[Grammar, int], str]:
    def rule(grammar: Grammar, depth: int) -> str:
        given = grammar.make(source, depth)
        second = {"map": "text", "texts": "number"}.get(source, "") if grammar.random.random() < 0.5 else ""
        item = "object" if source == "objects" else "text"

        def body(names: str) -> str:
            test = f" if {grammar.make('truth', depth)}" if grammar.random.random() < 0.4 else ""
            return f"[for {names} in {given} : {grammar.make('text', depth)}{test}]"

        return grammar.inside(item, body, second)

    return rule


def _for_map(grammar: Grammar, depth: int) -> str:
    given = grammar.make("map", depth)
    test = grammar.random.random() < 0.4

    def body(names: str) -> str:
        condition = f" if {grammar.make('truth', depth)}" if test else ""
        return f"{{ for {names} in {given} : {names.split(',', maxsplit=1)[0]} => {grammar.make('text', depth)}{condition} }}"

    return grammar.inside("text", body, "text")


def _grouped(grammar: Grammar, depth: int) -> str:
    given = grammar.make("texts", depth)
    made = grammar.inside("text", lambda name: f"{{ for {name} in {given} : {grammar.make('text', depth)} => {name}... }}")
    return f'{{ for k, v in {made} : k => join("+", v) }}'


def _objects(grammar: Grammar, depth: int) -> str:
    return "[" + _join(*(_object(grammar, depth) for _ in range(grammar.random.randint(0, 3)))) + "]"


def _object(grammar: Grammar, depth: int) -> str:
    sign = grammar.random.choice(("=", ":"))
    parts = [
        f"name {sign} {grammar.make('text', depth)}",
        f"on {sign} {grammar.make('truth', depth)}",
        f'"n" {sign} {grammar.make("number", depth)}',
    ]
    return "{ " + grammar.random.choice((", ", "\n")).join(parts) + " }"


def _for_objects(grammar: Grammar, depth: int) -> str:
    given = grammar.make("objects", depth)
    return grammar.inside(
        "object",
        lambda name: (
            f"[for {name} in {given} : merge({name}, {{ name = {grammar.make('text', depth)} }})"
            f" if {grammar.make('truth', depth)}]"
        ),
    )


def _mapping(grammar: Grammar, depth: int) -> str:
    keys = grammar.random.sample(("a", "b", "c-d", "e f", "na_ve", "x.y", "5"), grammar.random.randint(0, 3))
    parts = []
    for key in keys:
        spelt = key if key.replace("-", "").isidentifier() and grammar.random.random() < 0.7 else quoted(key)
        spelt = f"({quoted(key)})" if grammar.random.random() < 0.2 else spelt
        parts.append(f"{spelt} {grammar.random.choice('=:')} {grammar.make('text', depth)}")
    return "{ " + ", ".join(parts) + " }"


def _number(grammar: Grammar) -> str:
    return grammar.random.choice(("0", "1", "2", "3", "7", "10", "60", "1.5", "0.25", "1e3", "12345678901234567890"))


def _logic(grammar: Grammar, depth: int) -> str:
    """Terraform 1.12 began to leave the other side alone where one decides; what cannot fail and is known is the same before."""
    if grammar.loose:
        return f"!({grammar.make('truth', depth)})"
    sign, safe = grammar.random.choice((("&&", "true"), ("||", "false")))
    return f"(try({grammar.make('truth', depth)}, {safe}) {sign} try({grammar.make('truth', depth)}, {safe}))"


_COMPARE = ("==", "!=", "<", ">", "<=", ">=")
_LEAVES: dict[str, Callable[[Grammar], str]] = {
    "text": lambda grammar: quoted(grammar.word()),
    "number": _number,
    "truth": lambda grammar: grammar.random.choice(("true", "false")),
    "texts": lambda grammar: "[" + _join(*(quoted(grammar.word()) for _ in range(grammar.random.randint(0, 3)))) + "]",
    "map": lambda grammar: _mapping(grammar, 0),
    "set": lambda grammar: f"toset({_LEAVES['texts'](grammar)})",
    "object": lambda grammar: _object(grammar, 0),
    "objects": lambda grammar: _objects(grammar, 0),
}
_RULES: dict[str, list[Callable[[Grammar, int], str]]] = {
    "text": [
        _template,
        _template,
        _directive,
        _choice("text"),
        _call("upper({})", "text"),
        _call("trimspace({})", "text"),
        _call('replace({}, "a", {})', "text", "text"),
        _call('format("%s-%s", {}, {})', "text", "number"),
        _call('join("-", {})', "texts"),
        _call("join({}, sort({}))", "text", "set"),
        _call('element(concat({}, ["z"]), abs({}))', "texts", "number"),
        _call('lookup({}, {}, "none")', "map", "text"),
        _call("try({}[{}], {})", "map", "text", "text"),
        _call("try({}[0], {})", "texts", "text"),
        _call("tostring({})", "number"),
        _call("{}.name", "object"),
        _call('{}["name"]', "object"),
        _call('coalesce({}, {}, "x")', "text", "text"),
        _call('try({}[0].name, "nobody")', "objects"),
        _call('"${{{}}}"', "text"),
        _call("jsonencode({})", "texts"),
    ],
    "number": [
        _call("length({})", "texts"),
        _call("length({})", "map"),
        _call("({} + {})", "number", "number"),
        _call("({} - {})", "number", "number"),
        _call("({} * {})", "number", "number"),
        _call("(({}) / 4)", "number"),
        _call("(({}) % 5)", "number"),
        _call("-({})", "number"),
        _call("floor({})", "number"),
        _call("max({}, {})", "number", "number"),
        _call('tonumber("${{{}}}2")', "number"),
        _call("{}.n", "object"),
        _call('("4" + {})', "number"),
        _choice("number"),
    ],
    "truth": [
        lambda grammar, depth: (
            f"({grammar.make('number', depth)} {grammar.random.choice(_COMPARE)} {grammar.make('number', depth)})"
        ),
        _call("({} == {})", "text", "text"),
        _call("({} != {})", "text", "text"),
        _logic,
        _logic,
        _call("!({})", "truth"),
        _call("contains({}, {})", "texts", "text"),
        _call("contains({}, {})", "set", "text"),
        _call("can({}[{}])", "map", "text"),
        _call("can(tonumber({}))", "text"),
        _call("startswith({}, {})", "text", "text"),
        _call("{}.on", "object"),
        _call("anytrue([for o in {} : o.on])", "objects"),
        _call("({} == null)", "text"),
        _choice("truth"),
    ],
    "texts": [
        lambda grammar, depth: "[" + _join(*_some(grammar, "text", depth)) + "]",
        lambda grammar, depth: "[\n" + ",\n".join(_some(grammar, "text", depth, 1)) + ",\n]",
        _for_list("texts"),
        _for_list("map"),
        _for_list("set"),
        _for_list("objects"),
        _call("concat({}, {})", "texts", "texts"),
        _call("distinct({})", "texts"),
        _call("compact({})", "texts"),
        _call("reverse({})", "texts"),
        _call("keys({})", "map"),
        _call("values({})", "map"),
        _call("tolist({})", "set"),
        _call('split("-", {})', "text"),
        _call("({}[*].name)", "objects"),
        _call("({}.*.name)", "objects"),
        _call("flatten([{}, [{}], []])", "texts", "texts"),
        _call('[for n in range(3) : "${{n}}-{{"]'),
        _call('[for p in setproduct({}, {}) : join("/", p)]', "texts", "texts"),
        _choice("texts"),
    ],
    "map": [
        _mapping,
        _for_map,
        _grouped,
        _call("merge({}, {})", "map", "map"),
        _call("tomap({})", "map"),
        _call("zipmap(distinct({0}), distinct({0}))", "texts"),
        _call("({{ for o in {} : o.name => tostring(o.n)... }} == null ? {{}} : {{ z = {} }})", "objects", "text"),
        _choice("map"),
    ],
    "set": [
        _call("toset({})", "texts"),
        _call("toset([for x in {} : x if x != {}])", "set", "text"),
        _call("setunion({}, {})", "set", "set"),
        _call("setsubtract({}, {})", "set", "texts"),
        _call("setintersection({}, {})", "set", "set"),
        _call("toset(keys({}))", "map"),
    ],
    "object": [
        _object,
        _call("merge({}, {{ on = {} }})", "object", "truth"),
        _call("try({}[0], {})", "objects", "object"),
        _choice("object"),
    ],
    "objects": [_objects, _for_objects, _call("concat({}, [{}])", "objects", "object"), _call("reverse({})", "objects")],
}
