"""MergeMatchKeys: match keys that changed go over into the large table (COA-05, docs/adr/0007)."""

import logging

from jobs.application import ShouldStop
from votecal_soap.domain.jobs import JobInstance
from votecal_soap.log import event
from votecal_soap.use_cases.merge_match_keys import merge_match_keys
from votecal_soap.use_cases.ports import Application

logger = logging.getLogger(__name__)


def run(application: Application, instance: JobInstance, should_stop: ShouldStop) -> None:
    """Merge; run again, it goes on with what is left."""
    merged = merge_match_keys(application.unit_of_work, lambda: should_stop() is not None)
    event(logger, "match keys merged", instance_id=instance.instance_id, count=merged)
