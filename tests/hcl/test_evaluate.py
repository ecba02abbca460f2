"""An expression has the value that Terraform gives it."""

import json

import pytest

from tests.hcl.language import OPERATORS, SETTING, TEMPLATES
from tests.hcl.reading import value

TABLE = {**TEMPLATES, **OPERATORS}


@pytest.mark.parametrize("name", TABLE)
def test_value(name, tmp_path):
    """Ours is Terraform's, type included: a number is no text."""
    expression, wanted = TABLE[name]
    assert json.dumps(value(tmp_path, expression, SETTING)) == json.dumps(wanted)
