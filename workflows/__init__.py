"""When: one closed loop per feature. Workflow code orchestrates and calls pure rules; it decides nothing itself."""
