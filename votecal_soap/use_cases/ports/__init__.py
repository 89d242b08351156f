"""What use cases need of the database: one unit of work and its repositories (OPS-04).

`db` implements these on SQLAlchemy; the fakes of the tests implement them in memory, and the same tests run on both.
Nothing is saved unless `commit()` is reached; leaving the block without it rolls back.
"""

from votecal_soap.use_cases.ports.files import IdentityRepository, IdentityRequest, LoadProgress, LoadRepository, Spool, UploadRepository
from votecal_soap.use_cases.ports.jobs import JobRepository, OutcomeCounts
from votecal_soap.use_cases.ports.messages import MessageRepository
from votecal_soap.use_cases.ports.reference import ReferenceRepository
from votecal_soap.use_cases.ports.trails import AuditEntry, AuditRepository, BatchRepository, JudgedChunk, JudgedRecord, NewActivity
from votecal_soap.use_cases.ports.transaction import UnitOfWork, UnitOfWorkFactory
from votecal_soap.use_cases.ports.voters import VoterChange, VoterRepository

__all__ = [
    "AuditEntry",
    "AuditRepository",
    "BatchRepository",
    "IdentityRepository",
    "IdentityRequest",
    "JobRepository",
    "JudgedChunk",
    "JudgedRecord",
    "LoadProgress",
    "LoadRepository",
    "MessageRepository",
    "NewActivity",
    "OutcomeCounts",
    "ReferenceRepository",
    "Spool",
    "UnitOfWork",
    "UnitOfWorkFactory",
    "UploadRepository",
    "VoterChange",
    "VoterRepository",
]
