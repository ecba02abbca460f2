"""Random keys, each with something that may replace it: values that move or do not, bridges in a row, and targets."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

MONTH = 'formatdate("YYYY-MM", plantimestamp())'
VALUES = (
    # what stands at the start of a chain: some of these move with time, some by hand, some with every plan, some never
    f'"m${{{MONTH}}}"',
    f'"m${{{MONTH}}}"',
    "local.stamp",
    "local.stamp",
    "module.clock.stamp",
    "var.hand",
    "local.hand",
    '"fixed"',
    f'"f${{{MONTH.replace("plantimestamp", "timestamp")}}}"',
    "substr(local.stamp, 0, 1)",
    "length(local.stamp)",
    'local.stamp == "x" ? "yes" : "no"',
    '"${var.hand}-${local.stamp}"',
    "[local.stamp, var.hand]",
    "{ at = local.stamp, by = var.hand }",
    'try(local.stamp, "no")',
    "{ at = local.stamp }.at",
    '[for one in ["a", "b"] : one]',
    "length(timestamp())",
    'length(timestamp()) == "x"',
    'timestamp() == "x" ? 1 : 1',
    'can(timestamp()) ? "yes" : "no"',
    "local.none",
)
HEAD = """
variable "hand" {
  default = "hand0"
}
locals {
  stamp = "m${formatdate("YYYY-MM", plantimestamp())}"
  hand  = upper(var.hand)
  none  = null
}
module "clock" {
  source = "./clock"
  at     = plantimestamp()
}
"""
CLOCK = """
variable "at" {}
output "stamp" {
  value = "m${formatdate("YYYY-MM", var.at)}"
}
"""


@dataclass
class Cell:
    """One key with its user and its bridges."""

    random: Random
    name: str
    blocks: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    forms: dict[str, str] = field(default_factory=dict)

    def write(self) -> str:
        self.blocks.append(f'resource "aws_iam_user" "{self.name}" {{\n  name = "{self.name}"\n}}\n')
        for count in range(self.random.randint(1, 3)):
            self.bridge(f"{self.name}_b{count}")
        self.key()
        return "".join(self.blocks)

    def value(self) -> str:
        """A value from the start, or from a bridge that stands before."""
        if self.made and self.random.random() < 0.75:
            name = self.random.choice(self.made)
            part = self.random.choice(("id", "output", "input", "triggers_replace", "output", "input"))
            return f"{self.one(name)}.{part}"
        return self.random.choice(VALUES)

    def one(self, name: str) -> str:
        """A reference to one instance of a bridge."""
        return f"terraform_data.{name}" + {"count": "[0]", "each": '["a"]'}.get(self.forms[name], "")

    def bridge(self, name: str) -> None:
        lines = []
        form = self.random.choice(("", "", "", "count", "each"))
        if form:
            lines.append("count = 2" if form == "count" else 'for_each = toset(["a", "b"])')
        chosen = self.random.choice((("input",), ("triggers_replace",), ("input", "triggers_replace"), ()))
        lines += [f"{argument} = {self.value()}" for argument in chosen]
        if self.made and self.random.random() < 0.2:
            lines.append(f"depends_on = [terraform_data.{self.made[-1]}]")
        inside = []
        if self.random.random() < 0.25:
            names = self.random.choice(("all", "[input]", "[triggers_replace]", "[input, triggers_replace]"))
            inside.append(f"ignore_changes = {names}")
        if self.made and self.random.random() < 0.25:
            inside.append(f"replace_triggered_by = [{self.target()}]")
        self.forms[name] = form
        self.made.append(name)
        self.block("terraform_data", name, lines, inside)

    def target(self) -> str:
        name = self.made[-1] if self.random.random() < 0.8 else self.random.choice(self.made)
        whole = self.random.random() < 0.4
        base = f"terraform_data.{name}" if whole and self.random.random() < 0.5 else self.one(name)
        if whole or base != self.one(name):
            return base
        return base + "." + self.random.choice(("id", "output", "input", "triggers_replace", "output", "id"))

    def block(self, kind: str, name: str, lines: list[str], inside: list[str]) -> None:
        body = "".join(f"  {line}\n" for line in lines)
        life = "  lifecycle {\n" + "".join(f"    {line}\n" for line in inside) + "  }\n" if inside else ""
        self.blocks.append(f'resource "{kind}" "{name}" {{\n{body}{life}}}\n')

    def key(self) -> None:
        """A key on triggers, through its user, by its identity, or on an order only. What a person loops over is no rotation."""
        user = f"aws_iam_user.{self.name}.name"
        inside = ["create_before_destroy = true"] if self.random.random() < 0.5 else []
        lines = []
        way = self.random.random()
        if way < 0.65:
            inside.append(f"replace_triggered_by = [{', '.join(self.target() for _ in range(self.random.choice((1, 1, 2))))}]")
        elif way < 0.85:
            user = f'jsonencode({self.value()}) == "x" ? "other" : {user}'
        elif way < 0.95:
            each = self.random.choice(("local.stamp", '"a"'))
            lines.append(f"for_each = toset([{each}])")
        elif self.made:
            lines.append(f"depends_on = [terraform_data.{self.made[-1]}]")
        if not lines and self.random.random() < 0.2:
            lines.append("count = 1")
        if self.random.random() < 0.15:
            inside.append("ignore_changes = " + self.random.choice(("all", "[user]", "[status]")))
        self.block("aws_iam_access_key", self.name, [*lines, f"user = {user}"], inside)
        if self.random.random() < 0.2:
            after = ["create_before_destroy = true"] if self.random.random() < 0.6 else []
            self.block("terraform_data", f"{self.name}_after", [f"input = length(aws_iam_access_key.{self.name})"], after)


def make(seed: int, cells: int) -> str:
    """The code of so many keys."""
    random = Random(seed)
    return HEAD + "".join(Cell(random, f"k{count}").write() for count in range(cells))
