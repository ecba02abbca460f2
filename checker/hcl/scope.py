"""What an expression sees from inside one module instance."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from checker.hcl.evaluate import Names, Scope, evaluate
from checker.hcl.functions import FUNCTIONS, LAZY
from checker.hcl.marks import SEALED, counterpart, restored
from checker.hcl.modules import Declared
from checker.hcl.nodes import Expression, Place, SyntaxFault
from checker.hcl.schemas import SCHEMAS, rfc3339, stays
from checker.hcl.syntax import parse_template
from checker.hcl.values import Certainty, EvaluationError, Record, Unknown, Value, blend, fixed, is_known, token
from checker.hcl.world import META, Change, Key, Leaf, ModuleInstance

if TYPE_CHECKING:
    from checker.hcl.run import Run

_FILES = frozenset(
    {
        *("file", "filebase64", "filemd5", "filesha1", "filesha256", "filesha512", "filebase64sha256", "filebase64sha512"),
        *("fileexists", "fileset", "templatefile", "pathexpand", "abspath"),
    }
)
_FRESH = frozenset({"timestamp", "uuid", "bcrypt"})
"""Functions whose result is known only after apply, so that every plan counts it as changed."""


class Inside:
    """What an expression sees from inside one module instance."""

    __slots__ = ("names", "owner", "run")

    def __init__(self, run: Run, owner: ModuleInstance, names: Names) -> None:
        self.run, self.owner, self.names = run, owner, names

    def resolve(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        """The value at the start of a traversal, and how many steps it took. Raises EvaluationError."""
        find = _ROOTS.get(root)
        if find is not None:
            return find(self, root, path, place)
        return self._resource(root, path, place)

    def variable(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        return self.run.variable(self.owner, _first(path)), 1

    def local(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        return self.run.local(self.owner, _first(path)), 1

    def loop(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        if root not in self.names:
            raise EvaluationError(f"{root!r} has no meaning here")
        return self.names[root], 0

    def itself(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        return Unknown(Certainty.LOOSE), len(path)

    def path(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        name = _first(path)
        if name == "module":
            near = os.path.relpath(self.owner.module.directory, self.run.world.root.directory)
            return near.replace(os.sep, "/"), 1
        return ("." if name == "root" else Unknown(Certainty.FIXED, f"path.{name}")), 1

    def terraform(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        name = _first(path)
        if name == "workspace" and self.run.world.workspace:
            return self.run.world.workspace, 1
        return Unknown(Certainty.FIXED, f"terraform.{name}"), 1

    def data(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        """An argument of a data source is what is written; what it reads is some fixed value."""
        if len(path) < 2 or not all(isinstance(one, str) for one in path[:2]):
            raise EvaluationError("a data source is named by type and name")
        declared = self.owner.module.data.get((str(path[0]), str(path[1])))
        if declared is None:
            raise EvaluationError(f"no data source {path[0]}.{path[1]} is declared")
        self.run.frame.add(Leaf("data", f"data.{declared.name}", declared.file.path, declared.head))
        written = declared.body.value(str(path[2])) if len(path) > 2 and isinstance(path[2], str) else None
        if written is not None and declared.body.value("count") is None and declared.body.value("for_each") is None:
            return self.run.value(written, self.owner, {}), 3
        return Unknown(Certainty.FIXED, token((self.owner.address, *path))), len(path)

    def module(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        name = _first(path)
        call = self.owner.module.calls.get(name)
        if call is None:
            raise EvaluationError(f"no module {name!r} is called")
        found = self.run.children(self.owner, name)
        if not found and self.owner.under(f"module.{name}") in self.run.world.missing:
            self.run.frame.add(Leaf("module", self.owner.under(f"module.{name}"), call.file.path, call.head))
            return Unknown(Certainty.LOOSE), len(path)
        return self._select(path, call, [(key, self._outputs(child)) for key, child in found])

    def _outputs(self, child: ModuleInstance) -> Record:
        return Record(sorted(child.module.outputs), lambda name: self.run.output(child, name))

    def _resource(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        declared = self.owner.module.resources.get((root, _first(path)))
        if declared is None:
            raise EvaluationError(f"no resource {root}.{_first(path)} is declared")
        self.run.frame.add(Leaf("resource", self.owner.under(declared.name), declared.file.path, declared.head))
        found = [(key, self._instance(declared, key, address)) for key, address in self.run.addresses(self.owner, declared)]
        return self._select(path, declared, found)

    def _instance(self, declared: Declared, key: Key, address: str) -> Record:
        schema = SCHEMAS.get(declared.labels[0])
        written = declared.body.arguments.keys() - META
        names = sorted(schema.inputs | schema.computed.keys() if schema else {*written, "id"})  # all have an id that AWS gives
        return Record(names, lambda name: self._attribute(declared, key, address, name))

    def _attribute(self, declared: Declared, key: Key, address: str, name: str) -> Value:
        schema = SCHEMAS.get(declared.labels[0])
        if schema is None and (written := declared.body.value(name)) is not None:
            value = self.run.value(written, self.owner, self.run.bindings(self.owner, declared, key, self.owner.names))
            return self.run.mark(value, (address, name)) if name in SEALED.get(declared.labels[0], ()) else value
        values = self.run.attributes(self.owner, declared, key, address)
        if name in values:
            return values[name]
        if schema is not None and not schema.knows(name):
            raise EvaluationError(f"{declared.name} has no attribute {name!r}")
        if schema is not None and name in schema.inputs:
            return None
        planned = self.run.planned.get(address)
        loose = (planned is not None and planned.change is not Change.NO) or (schema is None and not stays(declared.labels[0]))
        return Unknown(Certainty.LOOSE) if loose else fixed(address, name)

    def _select(self, path: tuple[Value, ...], declared: Declared, found: list[tuple[Key, Record]]) -> tuple[Value, int]:
        """The instance or instances that a traversal means, and the attribute behind, read only when it is asked for."""
        plain = declared.body.value("count") is None and declared.body.value("for_each") is None
        loose = isinstance(self.run.expand(self.owner, declared, self.owner.names), Unknown)
        if not plain and len(path) < 2:
            if loose:
                return Unknown(Certainty.LOOSE), 1
            listed = declared.body.value("count") is not None
            return (tuple(one for _, one in found) if listed else {str(key): one for key, one in found}), 1
        used = 1 if plain else 2
        chosen = [one for key, one in found if plain or loose or token(key) == token(path[1])]
        if not plain and isinstance(path[1], Unknown):
            return blend("[]", (path[1],)), len(path)
        if not chosen:
            raise EvaluationError(f"{declared.name} has no such instance")
        if len(path) > used and isinstance(name := path[used], str):
            return chosen[0].attribute(name), used + 1
        return chosen[0], used

    def function(self, name: str, arguments: tuple[Value, ...], place: Place) -> Value:
        """The result of a function. Raises EvaluationError where Terraform would refuse."""
        own = _OWN.get(name)
        if own is not None:
            return own(self, name, arguments, place)
        make = FUNCTIONS.get(name)
        if make is None:
            return (
                blend(name, arguments)
                if not all(map(is_known, arguments))
                else Unknown(Certainty.FIXED, token((name, *arguments)))
            )
        if name not in LAZY and not all(map(is_known, arguments)):
            return blend(name, arguments)
        return make(*arguments)

    def aside(self, make: Callable[[], Value]) -> Value:
        """A value whose making is not noted: it tells a type, and nothing hangs on it."""
        noted, self.run.frame = self.run.frame, set()
        try:
            return make()
        finally:
            self.run.frame = noted

    def typed(self, name: str) -> Expression | None:
        """The type constraint of a variable."""
        declared = self.owner.module.variables.get(name)
        return declared.body.value("type") if declared else None

    def seeing(self, names: Names) -> tuple[Scope, Names]:
        """The scope and the loop names that also tell what is sensitive."""
        plain = self.run.plain
        if plain is None:
            return self, names
        own, loops = (restored(one, self.run.veils) for one in (self.names, names))
        assert isinstance(own, dict)
        assert isinstance(loops, dict)
        return type(self)(plain, counterpart(plain, self.owner), own), loops

    def clock(self, name: str, arguments: tuple[Value, ...], place: Place) -> Value:
        run = self.run
        run.frame.add(Leaf("clock", f"{name}()", place.path, place))
        if name == "plantimestamp":
            return rfc3339(run.plan.at if run.plan else run.at)
        if run.plan is None:
            return Unknown(Certainty.APPLY)
        if name == "timestamp":
            return rfc3339(run.plan.at)
        return Unknown(Certainty.FIXED, token((name, str(place), rfc3339(run.plan.at))))

    def content(self, name: str, arguments: tuple[Value, ...], place: Place) -> Value:
        self.run.frame.add(Leaf("file", f"{name}()", place.path, place))
        text = self.run.world.read_file(arguments[0]) if arguments and isinstance(arguments[0], str) else None
        if text is not None and name == "file" and len(arguments) == 1:
            return text
        if text is not None and name == "templatefile" and len(arguments) == 2:
            return self._rendered(text, arguments[1])
        return Unknown(Certainty.FIXED, token((name, *arguments)))

    def string(self, name: str, arguments: tuple[Value, ...], place: Place) -> Value:
        if len(arguments) == 2 and isinstance(arguments[0], str):
            return self._rendered(arguments[0], arguments[1])
        if any(isinstance(one, Unknown) for one in arguments[:1]):
            return blend(name, arguments)
        raise EvaluationError(f"{name}() takes a text and the values that it names")

    def sensitive(self, name: str, arguments: tuple[Value, ...], place: Place) -> Value:
        if len(arguments) != 1:
            raise EvaluationError(f"{name}() takes one argument")
        return self.run.mark(arguments[0], arguments)

    def _rendered(self, text: str, given: Value) -> Value:
        """A template file with its values. Raises EvaluationError where Terraform would refuse."""
        if not isinstance(given, dict):
            raise EvaluationError("the values of a template must be a map or an object")
        try:
            node = parse_template(text, Place(1, 1, 1, 1), "<<")
        except SyntaxFault as fault:
            raise EvaluationError(f"line {fault.line} of the template is not understood") from fault
        names = given.filled() if isinstance(given, Record) else given
        return evaluate(node, Alone(self.run, self.owner, {}), names, self.run.budget)


class Alone(Inside):
    """What a template file sees: the values that it is given, and functions."""

    __slots__ = ()

    def resolve(self, root: str, path: tuple[Value, ...], place: Place) -> tuple[Value, int]:
        raise EvaluationError(f"the template is given no {root!r}")


_OWN: dict[str, Callable[[Inside, str, tuple[Value, ...], Place], Value]] = {
    **dict.fromkeys(("plantimestamp", *_FRESH), Inside.clock),
    **dict.fromkeys(_FILES, Inside.content),
    "templatestring": Inside.string,
    "sensitive": Inside.sensitive,
}
"""Functions that take more than their arguments: the moment, files, names, marks."""
_ROOTS: dict[str, Callable[[Inside, str, tuple[Value, ...], Place], tuple[Value, int]]] = {
    "var": Inside.variable,
    "local": Inside.local,
    "each": Inside.loop,
    "count": Inside.loop,
    "self": Inside.itself,
    "path": Inside.path,
    "terraform": Inside.terraform,
    "tofu": Inside.terraform,
    "data": Inside.data,
    "module": Inside.module,
}


def _first(path: tuple[Value, ...]) -> str:
    if not path or not isinstance(path[0], str):
        raise EvaluationError("a name is missing behind the dot")
    return path[0]
