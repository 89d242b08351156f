"""The only code that knows APScheduler: catalogue, scheduler, worker."""
