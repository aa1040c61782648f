"""Traces of calls through the stages of planning, for whoever collects OpenTelemetry."""
