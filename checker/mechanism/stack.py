"""The CloudFormation template of a stack: whether it makes a key, and whether anything in it can replace that."""

from __future__ import annotations

from checker.hcl.modules import Declared
from checker.hcl.run import Run
from checker.hcl.values import EvaluationError
from checker.hcl.world import ModuleInstance

STACK = "aws_cloudformation_stack"
_KEY = "AWS::IAM::AccessKey"


def makes_key(run: Run, owner: ModuleInstance, declared: Declared) -> bool:
    """Whether a stack's template has a key in it, wherever that template is written."""
    if declared.span != (0, 0) and declared.mentions(_KEY):
        return True
    return _says(run, owner, declared, _KEY)


def has_serial(run: Run, owner: ModuleInstance, declared: Declared) -> bool:
    """Whether a template has a Serial, which alone replaces a key there."""
    return _says(run, owner, declared, "Serial")


def _says(run: Run, owner: ModuleInstance, declared: Declared, word: str) -> bool:
    """Whether a template holds a word; where its text is not known, whether its block does."""
    try:
        key = next((key for key, _ in run.addresses(owner, declared)), None)
        text = run.value(declared.body.value("template_body"), owner, run.bindings(owner, declared, key, owner.names))
    except EvaluationError:
        text = None
    return word in text if isinstance(text, str) else word.encode() in (declared.raw or declared.file.data)
