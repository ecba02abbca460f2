"""A command that takes the credential on its standard input: without a shell, and with nobody listening to what it prints."""

from __future__ import annotations

import shlex
import shutil
import subprocess

from checker.errors import UsageError
from checker.record import dataclass
from checker.rotate._outside import FailedError
from checker.rotate._secret import Credential, written
from checker.rotate.destinations import Site

SECONDS = 120
"""A command that takes longer is ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command with its arguments. What it did with the credential cannot be read back."""

    words: tuple[str, ...]
    readable: bool = False

    @property
    def place(self) -> str:
        return f"command:{shlex.join(self.words)}"

    def check(self) -> None:
        if shutil.which(self.words[0]) is None:
            raise FailedError(f"there is no command {self.words[0]}.", certain=True)

    def read(self) -> Credential | None:
        return None

    def write(self, credential: Credential) -> None:
        """Its output is thrown away: it knows the secret."""
        data = (written(credential) + "\n").encode()
        try:
            done = subprocess.run(
                self.words, input=data, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise FailedError(f"{self.words[0]} took longer than {SECONDS} seconds, and was ended.", certain=False) from None
        except OSError as error:
            raise FailedError(f"{self.words[0]} cannot be run: {error.strerror or 'no'}.", certain=True) from error
        if done.returncode:
            hidden = "what it printed is not shown, since it knows the secret"
            text = f"{self.words[0]} ended with exit code {done.returncode}; {hidden}."
            raise FailedError(text, certain=False)


def made(name: str, site: Site) -> Command:
    try:
        words = shlex.split(name)
    except ValueError as error:
        raise UsageError(f"--to command:… is no command line: {error}.") from error
    return Command(words=tuple(word.replace("{user}", site.user) for word in words))
