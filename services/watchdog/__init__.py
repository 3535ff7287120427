"""The watchdog process: alarms when the delivery stands still, without the engine and without the worker."""
