"""An AWS for every test of this folder that asks for one, and no waiting."""

import pytest

from checker.rotate import _create, _proof
from checker.sources import _pace
from tests.rotate import world


@pytest.fixture(scope="session")
def server():
    """One moto for all tests: it takes a moment to start."""
    with world.moto() as endpoint:
        yield endpoint


@pytest.fixture
def aws(server, monkeypatch, tmp_path):
    """An empty account to which the environment leads, an empty folder to work in, and a clock that does not wait."""
    world.reset(server)
    for name, value in world.environment(server).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setattr(_proof, "PAUSE", 0.0)
    monkeypatch.setattr(_pace, "PER_SECOND", 1000)
    monkeypatch.setattr(_create, "PAUSE", 0.0)
    monkeypatch.chdir(tmp_path)
    return server
