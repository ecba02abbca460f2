"""The controls that rules answer to: one versioned map, because the numbers move between editions."""

from __future__ import annotations

from collections.abc import Mapping

_ROTATED = (
    "CIS AWS Foundations Benchmark: v1.2 → 1.4; v1.3, v1.4, v1.5, v2.0, v3.0, v4.0 → 1.14; v5.0 → 1.13; v6.0 → 2.13; v7.0 → 2.12",
    "CCE-78902-4",
    "Lacework lacework-global-43",
    "AWS Security Hub IAM.3",
    "AWS Config access-keys-rotated",
    "NIST SP 800-53 r5 AC-2(1), AC-3(15)",
    "PCI DSS 4.0 8.3.9, 8.6.3",
    "ISO/IEC 27001:2022 A.5.17",
    "SOC 2 CC6.1",
)
"""Access keys are rotated every 90 days or less."""

_UNUSED = (
    "CIS AWS Foundations Benchmark: v3.0 → 1.12",
    "AWS Security Hub IAM.22",
    "AWS Config iam-user-unused-credentials-check",
)
_ONE_KEY = ("CIS AWS Foundations Benchmark: v3.0 → 1.13",)
_ROOT = ("CIS AWS Foundations Benchmark: v3.0 → 1.4", "AWS Security Hub IAM.4", "AWS Config iam-root-access-key-check")

CONTROLS: Mapping[str, tuple[str, ...]] = {
    "key-too-old": _ROTATED,
    "key-due-soon": _ROTATED,
    "key-unused": _UNUSED,
    "user-has-extra-keys": _ONE_KEY,
    "root-has-key": _ROOT,
    "no-rotation": _ROTATED,
    "broken-rotation": _ROTATED,
    "slow-rotation": _ROTATED,
    "manual-rotation": _ROTATED,
    "no-room-to-rotate": _ROTATED,
    "rotation-overdue": _ROTATED,
    "unmanaged-key": _ONE_KEY,
    "reactivated-by-apply": _UNUSED,
}
"""The controls of each rule that has some; rules on how well a rotation is made have none."""


def text(rule: str, doc: str | None) -> str:
    """The whole text of a rule: its module's docstring, and the controls that it answers to."""
    own = (doc or rule).strip()
    controls = "".join(f"\n* {one}" for one in CONTROLS.get(rule, ()))
    return f"{own}\n\nControls:\n{controls}\n" if controls else f"{own}\n"
