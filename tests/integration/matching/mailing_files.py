"""Mailing lists as an operator exports them, and their lines."""

import csv

from votecal_soap.domain.mailing_lists import LetterSettings
from votecal_soap.use_cases.export_mailing_list import ExportMailingList, export_mailing_list

from .dmv_runs import TODAY

SETTINGS = LetterSettings(today=TODAY, registration_link="https://register.example/", blank_form=True)


def command(runs, kind, **values):
    return ExportMailingList(**{"kind": kind, "directory": runs.folder / "export", "actor": "sam", "settings": SETTINGS, **values})


def export(runs, kind, **values):
    return export_mailing_list(command(runs, kind, **values), runs.factory, runs.clock)


def lines(exported):
    with exported.path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
