"""Rotate keys that no Terraform makes: next_step() says what is safe, take() does it, `_changes` has all that changes AWS."""

from __future__ import annotations

from checker.rotate._changes import CHANGING, READING
from checker.rotate._create import check
from checker.rotate._hands import Hands, Situation
from checker.rotate._journal import TAG, Journal, journal_of
from checker.rotate._next import ROOT, next_step
from checker.rotate._outside import Ask, Clock, FailedError, RefusedError
from checker.rotate._proof import Identify, identifier
from checker.rotate._secret import Credential, Secret, unlogged
from checker.rotate._step import Action, Beside, Maker, Settings, Step
from checker.rotate._take import take
from checker.rotate.destinations import DESTINATIONS, Destination, Site, destination

__all__ = [
    "CHANGING",
    "DESTINATIONS",
    "READING",
    "ROOT",
    "TAG",
    "Action",
    "Ask",
    "Beside",
    "Clock",
    "Credential",
    "Destination",
    "FailedError",
    "Hands",
    "Identify",
    "Journal",
    "Maker",
    "RefusedError",
    "Secret",
    "Settings",
    "Site",
    "Situation",
    "Step",
    "check",
    "destination",
    "identifier",
    "journal_of",
    "next_step",
    "take",
    "unlogged",
]
