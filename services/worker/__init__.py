"""The worker: an ordinary process that runs workflows and activities for any Temporal service."""
