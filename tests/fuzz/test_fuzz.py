"""Every reader of outside input, given what nobody meant, answers or refuses in its own words."""

import os

import pytest

from tests.fuzz import corpus, targets

SEED = int(os.environ.get("KEYTURN_FUZZ_SEED", "1"))
COUNT = int(os.environ.get("KEYTURN_FUZZ_COUNT", "150"))
NAMES = sorted(targets.TARGETS)


@pytest.mark.parametrize("name", NAMES)
def test_seeds_are_read(name):
    """What the fuzzing starts from is no refusal, so that it reaches the depths."""
    for seed in corpus.seeds(name):
        targets.TARGETS[name](seed)


@pytest.mark.parametrize("name", NAMES)
def test_mutants(name):
    """Good inputs gone bad are answered or refused."""
    for data in corpus.mutants(name, SEED, COUNT):
        targets.run(name, data)


@pytest.mark.parametrize(
    "path", [path for name in NAMES for path in corpus.found(name)], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_what_was_found_stays_mended(path):
    """An input that once made a reader fall over does so no more."""
    targets.run(path.parent.name, path.read_bytes())
