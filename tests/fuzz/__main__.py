"""Fuzz one reader for a while, led by coverage: `python -m tests.fuzz hcl --minutes 20` (needs atheris)."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import tempfile
from pathlib import Path


def main() -> None:
    import atheris

    with atheris.instrument_imports(include=["checker"]):
        import checker
        from tests.fuzz import corpus, targets

        for one in pkgutil.walk_packages(checker.__path__, "checker."):  # what is imported late would not be led by coverage
            if not one.name.endswith("__main__"):
                importlib.import_module(one.name)
    words = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    words.add_argument("target", choices=sorted(targets.TARGETS))
    words.add_argument("--minutes", type=float, default=20)
    words.add_argument("--work", type=Path, help="a folder for the inputs that reach new code; kept between runs")
    given = words.parse_args()
    work = given.work or Path(tempfile.mkdtemp(prefix="keyturn-fuzz-"))
    inputs, faults = work / "inputs", work / "faults"
    for folder in (inputs, faults):
        folder.mkdir(parents=True, exist_ok=True)
    seeds = corpus.seeds(given.target)
    for number, seed in enumerate(seeds):
        (inputs / f"seed-{number}").write_bytes(seed)
    dictionary = work / "words"
    dictionary.write_text("".join(f'"{_escaped(word)}"\n' for word in corpus.words(given.target)))
    longest = max(20_000, *map(len, seeds))
    limits = [f"-max_total_time={int(given.minutes * 60)}", "-timeout=20", "-rss_limit_mb=2048", f"-max_len={longest}"]
    atheris.Setup(
        [sys.argv[0], str(inputs), f"-dict={dictionary}", f"-artifact_prefix={faults}/", "-print_final_stats=1", *limits],
        lambda data: targets.run(given.target, data),
    )
    atheris.Fuzz()


def _escaped(word: bytes) -> str:
    return "".join(chr(one) if 32 <= one < 127 and one not in b'"\\' else f"\\x{one:02x}" for one in word)


if __name__ == "__main__":
    main()
