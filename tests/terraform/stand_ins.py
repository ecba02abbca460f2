"""Terraform's own resources in place of the time provider's, which need not be on this machine."""

import re

STAND_INS = (
    (r'"time_rotating" "this" \{\n  rotation_days =', '"terraform_data" "rotating" {\n  input ='),
    (r"time_rotating\.this\.rfc3339", "terraform_data.rotating.output"),
    (r'"time_static" "this" \{\n  rfc3339 =', '"terraform_data" "static" {\n  triggers_replace ='),
    (r"time_static\.this", "terraform_data.static"),
    (r'"time_sleep" "overlap" \{\n  destroy_duration =', '"terraform_data" "overlap" {\n  input ='),
    (r"triggers = \{", "triggers_replace = {"),
    (r"    time = \{.*?\n    \}\n", ""),
)


def without_time_provider(text: str) -> str:
    """The time variant of rotating-access-key without its provider: a changed period plays the expiry of the clock."""
    for pattern, instead in STAND_INS:
        text = re.sub(pattern, instead, text, flags=re.DOTALL)
    assert "time_" not in re.sub(r"#.*", "", text)
    return text
