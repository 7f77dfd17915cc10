"""What is remembered: plans, tasks, due dates, agencies, events, the outbox and the audit log."""
