"""The functions that convert, and those that only mark a value."""

from __future__ import annotations

from checker.hcl.functions.convert import UNDECIDED, to_bool, to_list, to_map, to_number, to_set, to_string
from checker.hcl.functions.signature import Signature, anything

SIGNATURES = {
    "issensitive": Signature(lambda _: UNDECIDED, (anything,)),  # what is sensitive is not kept
    "nonsensitive": Signature(anything, (anything,), lazy=True),
    "sensitive": Signature(anything, (anything,), lazy=True),
    "tobool": Signature(to_bool, (anything,), lazy=True),
    "tolist": Signature(to_list, (anything,), lazy=True),
    "tomap": Signature(to_map, (anything,), lazy=True),
    "tonumber": Signature(to_number, (anything,), lazy=True),
    "toset": Signature(to_set, (anything,), lazy=True),
    "tostring": Signature(to_string, (anything,), lazy=True),
}
