"""Keys that Terraform made: they are replaced through code, and never by a call to AWS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checker.model import AccessKey
from checker.rotate._step import Action, Maker, Step
from checker.rotate._view import View

_BY = ("managedby", "manager", "provisionedby", "provisioner", "createdby", "deployedby", "iac", "source", "tool", "automation")
_TOOLS = ("terraform", "opentofu", "terragrunt", "tofu")
_TRACES = ("terraform:", "terraform/", "terraform_", "terraform-", "tf:", "yor_trace", "yor_name")
_NO = ("", "0", "false", "no", "n", "none")
_UNREAD_SHOWN = 3


def guarded(view: View, step: Step) -> Step:
    """The same step, unless it is not ours to take: Terraform made the key, or may have, or this run itself signs in with it."""
    if step.action is Action.DONE:
        return step
    named = view.key(step.key)
    keys = (named,) if named else view.keys
    makers = [view.beside.makers_of(key) for key in keys]
    if all(makers):
        return _through_code(view, step, [one for some in makers for one in some])
    return (_doubtful(view, step) or _own(view, step) or step) if step.changes else step


def _through_code(view: View, step: Step, makers: Iterable[Maker]) -> Step:
    known = sorted(set(makers), key=lambda one: (not one.exact, one.root, one.address))
    first = known[0]
    if first.exact:
        why = f"Terraform made {first.key} as {first.address}, so it is replaced through code."
        return Step(action=Action.REFUSED, user=view.user, key=step.key, why=why, hint=_commands(known))
    why = f"The code makes a key of {view.user} as {first.address}, so it is replaced through code."
    hint = f"{_commands(known)}. With the state (--state FILE) it is certain which keys Terraform made."
    return Step(action=Action.REFUSED, user=view.user, key=step.key, why=why, hint=hint)


def _commands(makers: Iterable[Maker]) -> str:
    return ", or ".join(replacing(one) for one in makers)


def replacing(maker: Maker) -> str:
    """The command that replaces a key through code."""
    place = f" (in {maker.root})" if maker.root not in ("", ".") else ""
    if not maker.whole:
        tool = "terragrunt" if maker.address.startswith("unit.") else "terraform"
        return f"{tool} apply -replace=ADDRESS{place}, where `{tool} state list` shows the ADDRESS of {maker.address}"
    return f"terraform apply -replace={quoted(maker.address)}{place}"


def quoted(address: str) -> str:
    """An address for a shell: always in quotes, since most shells give brackets a meaning."""
    return "'" + address.replace("'", "'\"'\"'") + "'"


def _doubtful(view: View, step: Step) -> Step | None:
    """What keeps it from being known that no Terraform made the key."""
    if view.settings.by_hand:
        return None
    if view.beside.unread:
        some = "; ".join(view.beside.unread[:_UNREAD_SHOWN])
        why = f"Whether Terraform made the key could not be determined: {some}."
        hint = "Give code and a state that can be read; or --by-hand, if you know that the key was made by hand."
        return Step(action=Action.UNKNOWN, user=view.user, key=step.key, why=why, hint=hint)
    tags = list(_terraform_tags(view.keys))
    if not tags or view.beside.known:
        return None
    why = f"Terraform manages {view.user}, as its tags say ({', '.join(tags)}), and may have made the key."
    hint = "Give the code and the state of this user (--code DIR, --state FILE); or --by-hand, if you know who made the key."
    return Step(action=Action.REFUSED, user=view.user, key=step.key, why=why, hint=hint)


def _terraform_tags(keys: Iterable[AccessKey]) -> Iterator[str]:
    """The tags of the user that Terraform, its tools or its users leave."""
    for name, value in sorted({pair for key in keys for pair in key.tags}):
        plain = "".join(sign for sign in name.lower() if sign.isalnum())
        by_tool = plain in _BY and any(tool in value.lower() for tool in _TOOLS)
        switched = plain in _TOOLS and value.lower() not in _NO
        traced = name.lower().startswith(_TRACES)
        if by_tool or switched or traced:
            yield f"{name}={value}"


def _own(view: View, step: Step) -> Step | None:
    if step.key != view.beside.own or step.action not in (Action.DEACTIVATE, Action.DELETE):
        return None
    why = f"{step.key} is the key by which this very run signs in."
    hint = "Run again with the new key, or with other credentials: --profile NAME."
    return Step(action=Action.REFUSED, user=view.user, key=step.key, why=why, hint=hint)
