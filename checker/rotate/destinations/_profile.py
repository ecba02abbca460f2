"""A profile in the shared credentials file of the AWS SDKs; everything else in the file stays as it is, to the byte."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

from checker.errors import UsageError
from checker.record import dataclass
from checker.rotate._outside import FailedError
from checker.rotate._secret import Credential, Secret
from checker.rotate.destinations import Site, _whole

_ID, _SECRET = "aws_access_key_id", "aws_secret_access_key"
_TOKENS = ("aws_session_token", "aws_security_token")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_HEADER = re.compile(r"\s*\[(.+)\]")
_OPTION = re.compile(r"(\s*([^\s=:]+)\s*[=:][ \t]*)([^\r\n]*)")
_NAME = re.compile(r"[^\[\]\s\x00-\x1f](?:[^\[\]\x00-\x1f]*[^\[\]\s\x00-\x1f])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One profile of one credentials file on this machine."""

    name: str
    file: Path
    machine: str
    readable: bool = True

    @property
    def place(self) -> str:
        return f"profile:{self.machine}:{self.file}:{self.name}"

    def check(self) -> None:
        if any(token in self._options() for token in _TOKENS):
            text = f"the profile {self.name} in {self.file} holds temporary credentials. Name another profile."
            raise FailedError(text, certain=True)
        self._renewed(Credential(id="AKIAXXXXXXXXXXXXXXXX", secret=Secret("x")), _decoded(_whole.read(self.file)))

    def read(self) -> Credential | None:
        options = self._options()
        one, other = options.get(_ID), options.get(_SECRET)
        return Credential(id=one, secret=Secret(other)) if one and other else None

    def write(self, credential: Credential) -> None:
        before = _whole.read(self.file)
        new = self._renewed(credential, _decoded(before))
        _whole.write(self.file, new.encode("utf-8", "surrogateescape"), expected=before)

    def _options(self) -> dict[str, str]:
        sections = _sections(_decoded(_whole.read(self.file)))
        if sections is None:
            text = f"{self.file} is not in the form of a credentials file, so no SDK can read it. Mend it first."
            raise FailedError(text, certain=True)
        return sections.get(self.name, {})

    def _renewed(self, credential: Credential, text: str) -> str:
        """The new text, which must differ from the old one in this one credential only as every SDK reads it."""
        options = {_ID: credential.id, _SECRET: credential.secret.reveal()}
        new = _edited(text, self.name, options)
        before, after = _sections(text), _sections(new)
        if before is None or after != {**before, self.name: {**before.get(self.name, {}), **options}}:
            raise FailedError(f"{self.file} has a form that cannot be edited without harm. Name another place.", certain=True)
        return new


def _decoded(data: bytes | None) -> str:
    return (data or b"").decode("utf-8", "surrogateescape")


def _sections(text: str) -> dict[str, dict[str, str]] | None:
    """What the SDKs read in the text; None where they refuse it."""
    parser = configparser.RawConfigParser(default_section="\0")
    try:
        parser.read_string(text)
    except configparser.Error:  # its message holds lines of the file
        return None
    return {name: dict(parser.items(name)) for name in parser.sections()}


def _edited(text: str, name: str, options: dict[str, str]) -> str:
    """The text with these options in one section, which is added where it is missing."""
    lines = _LINE.findall(text)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    headers = [at for at, line in enumerate(lines) if _HEADER.match(line)]
    start = next((at for at in headers if _is_header(lines[at], name)), None)
    if start is None:
        gap = "" if not text else end if text.endswith("\n") else end * 2
        return f"{text}{gap}[{name}]{end}" + "".join(f"{option} = {value}{end}" for option, value in options.items())
    stop = next((at for at in headers if at > start), len(lines))
    missing = dict(options)
    for at in range(start + 1, stop):
        found = _OPTION.match(lines[at])
        if found and found[2].lower() in missing:
            lines[at] = found[1] + missing.pop(found[2].lower()) + lines[at][found.end() :]
    added = [f"{option} = {value}{end}" for option, value in missing.items()]
    head = lines[start] if lines[start].endswith("\n") else lines[start] + end
    return "".join([*lines[:start], head, *added, *lines[start + 1 :]])


def _is_header(line: str, name: str) -> bool:
    found = _HEADER.match(line)
    return found is not None and found[1] == name


def made(name: str, site: Site) -> Profile:
    chosen = name.replace("{user}", site.user)
    if not _NAME.fullmatch(chosen):
        raise UsageError(f"--to profile:{chosen} does not name a profile.")
    return Profile(name=chosen, file=site.credentials_file.resolve(), machine=site.machine)
