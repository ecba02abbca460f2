"""Expressions with the values that Terraform 1.11.4 gives them: our evaluation is held to them, and Terraform asked again."""

from __future__ import annotations

SETTING = """
variable "names" {
  type    = list(string)
  default = ["b", "a", "b"]
}
variable "set" {
  type    = set(string)
  default = ["z", "y"]
}
variable "map" {
  type    = map(string)
  default = { x = "1" }
}
variable "yes" {
  default = true
}
variable "null" {
  default = null
}
variable "empty" {
  type    = list(string)
  default = []
}
locals {
  text = "hello $${name}"
}
"""
"""The variables that the expressions may use."""

TEMPLATES: dict[str, tuple[str, object]] = {
    "if": ('"x %{ if true } y %{ endif } z"', "x  y  z"),
    "if, stripped": ('"x %{~ if true ~} y %{~ endif ~} z"', "xyz"),
    "else, stripped on one side": ('"x %{ if false ~} y %{~ else ~} q %{ endif ~} z"', "x q z"),
    "for, stripped": ('"<%{ for x in ["a", "b"] ~} ${x} , %{~ endfor ~} >"', "<a ,b ,>"),
    "for with keys": ('"a%{ for k, v in { p = 1, q = 2 } }${k}=${v};%{ endfor }"', "ap=1;q=2;"),
    "nested": ('"%{ for x in ["a", "b"] }%{ if x == "a" }A%{ else }${x}%{ endif }%{ endfor }"', "Ab"),
    "interpolation, stripped": ('"  ${~ "x" ~}  y ${ "z" ~} "', "xy z"),
    "stripped inside a call": ('upper("a ${~ lower("${ "B" ~} c") }")', "ABC"),
    "alone keeps its type": ('"${1}"', 1),
    "alone in a directive is text": ('"%{ if true }${1}%{ endif }"', "1"),
    "escapes": ('"$${a} %%{b} $$$${c} $%{ if true }x%{ endif } $$"', "${a} %{b} $$${c} $x $$"),
    "escape that nothing closes": ('"$${" == "x" ? "}" : "$${y"', "${y"),
    "escape around a sequence": ('"$${a ${"b"}}"', "${a b}"),
    "escape with escapes": ('"$${a\\n\\"b\\"}"', '${a\n"b"}'),
    "escape in a heredoc": ('<<EOT\n$${a "b"\n${"c"} %%{d}\\n\nEOT', '${a "b"\nc %{d}\\n\n'),
    "quotes in quotes": ('"a${"b${"}"}"}"', "ab}"),
    "code points": ('"\\u00e9 \\U0001F600 e\u0301"', "é 😀 é"),
    "composed over parts": ('"e${"\u0301"}"', "é"),
    "composed over a loop": ('"%{ for x in ["e", "\u0301"] }${x}%{ endfor }"', "é"),
    "heredoc with a loop": (
        '<<-EOT\n    %{ for x in ["a", "b"] ~}\n    item ${x}\n    %{ endfor ~}\n    end\n  EOT',
        "    item a\n    item b\n    end\n",
    ),
    "heredoc with a condition": ("<<EOT\n%{ if true ~}\n  many\n%{ else ~}\n  one\n%{ endif ~}\nEOT", "  many\n"),
    "heredoc, margin": ('<<-EOT\n      a\n    b\n        ${"c"}\n    d\n  EOT', "  a\nb\n    c\nd\n"),
    "heredoc, blank lines": ('<<-EOT\n\n      a\n\n    ${"b"}\n  EOT', "\n  a\n\nb\n"),
    "heredoc, tab": ("<<-EOT\n  \ttab\n    sp\n  EOT", "tab\n sp\n"),
    "heredoc, sequence first": ('<<-EOT\n    ${"first"} x\n      second\n  EOT', "first x\n  second\n"),
    "heredoc, sequence at the margin": ('<<-EOT\n    a\n${"b"}\n  EOT', "    a\nb\n"),
    "heredoc, strip to the line's end": ('<<EOT\na ${"b" ~}\n\n  c\nEOT', "a b\n  c\n"),
    "heredoc, lines in a sequence": ('<<-EOT\n    ${join("\\n", ["p",\n  "q"])}\n      z\n  EOT', "p\nq\n  z\n"),
    "heredoc, strings in a sequence": ('<<-EOT\n    a ${join("\\n    ", ["p", "${ "q" ~}  "])}\n  EOT', "a p\n    q\n"),
    "heredoc, backslashes": ('<<EOT\na\\nb "q" \\" \\\\\nEOT', 'a\\nb "q" \\" \\\\\n'),
    "heredoc, empty": ("<<EOT\nEOT", ""),
    "heredoc, plain flush": ("<<-EOT\n    a\n   b\n   EOT", " a\nb\n"),
    "heredoc, directive over lines": ("<<-EOT\n    a %{ if true }\n      b\n    %{ endif }\n  EOT", "a \n  b\n\n"),
}
OPERATORS: dict[str, tuple[str, object]] = {
    "over lines": ("(\n    1\n    + 2\n    * 3\n  )", 7),
    "over lines, logic": ("(true\n    && false # why\n    || true)", True),
    "over lines, condition": ('(\n    true\n    ? "a"\n    : "b"\n  )', "a"),
    "minus": ("10 -2", 8),
    "remainder": ("7 % 3 + -7 % 3", 0),
    "order": ("1 + 2 * 3 == 7 && !false", True),
    "text counts": ('"4" + 3', 7),
    "number equals number": ("2 == 2.0", True),
    "text is no number": ('"1" == 1', False),
    "null equals null": ("var.null == null", True),
    "tuples": ('["a"] == ["a"]', True),
    "objects": ("{ a = 1 } == { a = 2 }", False),
    "tuples in tuples": ('[["a", { b = [1] }]] != [["a", { b = [1] }]]', False),
    "list and tuple": ('tolist(["a"]) == ["a"] || var.names == ["b", "a", "b"] || split(",", "a") == ["a"]', False),
    "list and tuple differ": ('tolist(["a"]) != ["a"]', True),
    "empty list of a variable": ("var.empty == []", False),
    "lists": ('var.names == tolist(["b", "a", "b"]) && compact(["a"]) == tolist(["a"])', True),
    "map and object": ('var.map == { x = "1" } || tomap({ x = "1" }) == { x = "1" }', False),
    "maps": ('var.map == tomap({ x = "1" })', True),
    "sets": ('var.set == toset(["y", "z"])', True),
    "set and list": ('toset(["y"]) == tolist(["y"])', False),
    "list in an object": ("{ a = tolist([1]) } == { a = [1] }", False),
    "loops": ('[for x in var.names : x] == ["b", "a", "b"] && { for x in ["a"] : x => 1 } == { a = 1 }', True),
    "template in a local": ('templatestring(local.text, { name = "n" })', "hello n"),
    "YAML": ('yamlencode({ a = ["x", 1], b = "y\\nz" })', '"a":\n- "x"\n- 1\n"b": |-\n  y\n  z\n'),
    "set beside a tuple": ("true ? [] : var.set", []),
    "set beside a tuple with items": ('true ? ["b", "a", "b"] : var.set', ["a", "b"]),
    "set beside a list": ('[for x in (true ? toset(["b", "a"]) : var.names) : x]', ["a", "b"]),
    "text beside a number": ('true ? 1 : "a"', "1"),
    "text beside a truth value": ('true ? true : "a"', "true"),
    "text template beside a number": ('true ? 1 : "a${var.yes}"', "1"),
    "choices in a row": ("false ? 1 : var.null == null ? 2 : 3", 2),
    "object beside an object": ('true ? { a = 1, b = [2] } : { a = "x", b = ["y"] }', {"a": "1", "b": ["2"]}),
    "list beside a list": ('true ? [1, "a"] : []', ["1", "a"]),
    "set beside a set": ('[for x in (true ? toset([2, 1]) : toset(["x"])) : x]', ["1", "2"]),
    "zero below zero": ('"${-0} ${0 * -1} ${-(3 - 3)} ${-5 % 5} ${floor(-0)} ${-1 + 1} ${-0 == 0}"', "-0 -0 -0 0 0 0 true"),
    "loop over nothing with a bad condition": ('try([for x in [] : x if (var.null && true)], "refused")', "refused"),
    "loop over nothing with a good condition": ("[for x in [] : x if x.name]", []),
    "splat in a splat": ("[{ a = [{ b = 1 }, { b = 2 }] }, { a = [] }][*].a[*].b", [[1, 2], []]),
    "three splats": ("[{ a = [{ b = [{ c = 1 }] }] }][*].a[*].b[*].c", [[[1]]]),
    "splat of a splat in brackets": ("([{ a = { b = 1 } }][*].a)[*].b", [1]),
    "old splat in a splat": ("[{ a = [{ b = [3, 4] }] }][*].a.*.b[0]", [[3, 4]]),
    "index behind an old splat": ("[{ a = [1] }, { a = [2] }].*.a[1]", [2]),
    "nulls in sets of truth values come last": ("[for x in toset([true, null, false]) : x]", [False, True, None]),
    "nulls in sets come last": ("[for x in toset([null, 2, 10]) : x]", [2, 10, None]),
    "unused side is not judged": ("true ? 1 : var.names[7]", 1),
}
