"""What use cases need of the database: one unit of work and its repositories (OPS-04).

`db` implements these on SQLAlchemy; the fakes of the tests implement them in memory, and the same tests run on both.
Nothing is saved unless `commit()` is reached; leaving the block without it rolls back.
"""

from votecal_soap.use_cases.ports.application import Application
from votecal_soap.use_cases.ports.call_guard import CallGuardRepository
from votecal_soap.use_cases.ports.calls import ReplyRepository, SearchProbeRepository, StoredReply
from votecal_soap.use_cases.ports.children import ChildRepository, DocumentContent, DocumentPartRepository, MergeRepository
from votecal_soap.use_cases.ports.dmv_files import DmvExchange, DmvFileRepository
from votecal_soap.use_cases.ports.duplicates import DetectionRunRepository, RollRepository, RunProgress
from votecal_soap.use_cases.ports.files import IdentityRepository, IdentityRequest, LoadProgress, LoadRepository, Spool, UploadRepository
from votecal_soap.use_cases.ports.jobs import JobRepository, OutcomeCounts
from votecal_soap.use_cases.ports.logins import LoginRepository
from votecal_soap.use_cases.ports.matching import (
    KEY_RANGES,
    Blackout,
    CappedReport,
    KeyBuild,
    KeyMerge,
    KeyRebuild,
    MatchingRepository,
    RecentDmvRecord,
    WeightsVersion,
)
from votecal_soap.use_cases.ports.messages import MessageRepository
from votecal_soap.use_cases.ports.reference import ReferenceRepository
from votecal_soap.use_cases.ports.sos_items import SosItemRepository
from votecal_soap.use_cases.ports.trails import AuditEntry, AuditRepository, BatchRepository, JudgedChunk, JudgedRecord, KeptActivity, NewActivity
from votecal_soap.use_cases.ports.transaction import SingleReads, UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.ports.voters import VoterChange, VoterRepository
from votecal_soap.use_cases.ports.work_items import (
    MailingRepository,
    MailingRow,
    MatchCaseRepository,
    NewMailing,
    NewMatchCase,
    NewWorkItem,
    OpenCaseCount,
    WorkItem,
    WorkItemRepository,
)

__all__ = [
    "KEY_RANGES",
    "Application",
    "AuditEntry",
    "AuditRepository",
    "BatchRepository",
    "Blackout",
    "CallGuardRepository",
    "CappedReport",
    "ChildRepository",
    "DetectionRunRepository",
    "DmvExchange",
    "DmvFileRepository",
    "DocumentContent",
    "DocumentPartRepository",
    "IdentityRepository",
    "IdentityRequest",
    "JobRepository",
    "JudgedChunk",
    "JudgedRecord",
    "KeptActivity",
    "KeyBuild",
    "KeyMerge",
    "KeyRebuild",
    "LoadProgress",
    "LoadRepository",
    "LoginRepository",
    "MailingRepository",
    "MailingRow",
    "MatchCaseRepository",
    "MatchingRepository",
    "MergeRepository",
    "MessageRepository",
    "NewActivity",
    "NewMailing",
    "NewMatchCase",
    "NewWorkItem",
    "OpenCaseCount",
    "OutcomeCounts",
    "RecentDmvRecord",
    "ReferenceRepository",
    "ReplyRepository",
    "RollRepository",
    "RunProgress",
    "SearchProbeRepository",
    "SingleReads",
    "SosItemRepository",
    "Spool",
    "StoredReply",
    "UnitOfWork",
    "UnitOfWorkFactory",
    "UploadRepository",
    "VoterChange",
    "VoterRepository",
    "WeightsVersion",
    "WorkItem",
    "WorkItemRepository",
]
