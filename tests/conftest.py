"""What all tests share: a clean environment, and which outside tools must be there."""

import contextlib
import os
import shutil

import pytest

OUR_ENVIRONMENT = ("AWS_", "KEYTURN_", "TF_VAR_", "TF_CLI_ARGS", "TF_WORKSPACE")
COLOUR = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "smoke: also run against the installed wheel")
    config.addinivalue_line("markers", "needs(tool): skipped where the outside tool is missing, a failure there in CI")
    with contextlib.suppress(ImportError):  # the installed wheel is tested without it
        from hypothesis import HealthCheck, settings

        settings.register_profile("keyturn", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # machines are noisy
        settings.load_profile("keyturn")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A missing outside tool skips a test for a person, and fails it in CI, where nothing may be skipped unseen."""
    for mark in item.iter_markers("needs"):
        missing = [tool for tool in mark.args if not shutil.which(tool)]
        if missing and os.environ.get("CI") == "true":
            pytest.fail(f"{', '.join(missing)} must be installed in CI", pytrace=False)
        if missing:
            pytest.skip(f"needs {', '.join(missing)}")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the credentials, settings or colours of the person who runs it."""
    for name in list(os.environ):
        if name.startswith(OUR_ENVIRONMENT) or name in COLOUR:
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
