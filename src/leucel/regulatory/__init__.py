"""Regulation: rules by jurisdiction and date, threshold tests, calendars, routes, milestones."""

from leucel.regulatory.assessment import DesignationResult, designate, designation_row
from leucel.regulatory.calendars import (
    WorkingCalendar,
    add_working_days,
    count_working_days,
    read_holidays,
    working_calendar,
)
from leucel.regulatory.checklist import (
    QualifyingTest,
    SlotStatus,
    Topic,
    qualifying_tests,
    slot_names,
)
from leucel.regulatory.clocks import Clock, ClockUnit, read_clock
from leucel.regulatory.dates import PartialDate, add_months
from leucel.regulatory.designation import (
    ThresholdTest,
    Verdict,
    judge_cases,
    judge_jurisdiction,
    judge_rate,
)
from leucel.regulatory.designation_text import designation_markdown
from leucel.regulatory.effects import PlanEffect, plan_effects
from leucel.regulatory.fhir import MYELOMA_CODES, export_bundle, read_bundle, validate_bundle
from leucel.regulatory.filings import Filing, FilingPlan, find_filing_order
from leucel.regulatory.gcc_envelope import (
    Envelope,
    envelopes_for,
    read_envelopes,
    write_envelopes,
)
from leucel.regulatory.milestones import (
    Milestone,
    MilestoneKind,
    MilestoneRegister,
    milestone_from_record,
)
from leucel.regulatory.published import choose_figure, judge_published
from leucel.regulatory.register_tables import (
    TABLE_FIELDS,
    read_designation_table,
    read_designations,
    read_ema_table,
)
from leucel.regulatory.registers import (
    DesignationRecord,
    find_designations,
    read_eu_register,
    read_fda_list,
)
from leucel.regulatory.report import (
    HEADINGS,
    PrevalenceReport,
    ReportSection,
    prevalence_report,
)
from leucel.regulatory.route_cases import ProductFacts, RouteStatus
from leucel.regulatory.routes import Route, RouteOptions, RoutePlan, plan_routes
from leucel.regulatory.rules import (
    COLUMNS as RULE_COLUMNS,
)
from leucel.regulatory.rules import (
    Rule,
    RuleBook,
    RuleChange,
    RuleKind,
    RuleStatus,
    load_rules,
    rule_changes,
    rule_from_record,
    rule_sources,
    sources,
    with_overrides,
)
from leucel.regulatory.sponsor_time import SponsorTime, finish_quantiles
from leucel.regulatory.thresholds import Operator, Threshold, ThresholdForm, read_threshold

__all__ = [
    "HEADINGS",
    "MYELOMA_CODES",
    "RULE_COLUMNS",
    "TABLE_FIELDS",
    "Clock",
    "ClockUnit",
    "DesignationRecord",
    "DesignationResult",
    "Envelope",
    "Filing",
    "FilingPlan",
    "Milestone",
    "MilestoneKind",
    "MilestoneRegister",
    "Operator",
    "PartialDate",
    "PlanEffect",
    "PrevalenceReport",
    "ProductFacts",
    "QualifyingTest",
    "ReportSection",
    "Route",
    "RouteOptions",
    "RoutePlan",
    "RouteStatus",
    "Rule",
    "RuleBook",
    "RuleChange",
    "RuleKind",
    "RuleStatus",
    "SlotStatus",
    "SponsorTime",
    "Threshold",
    "ThresholdForm",
    "ThresholdTest",
    "Topic",
    "Verdict",
    "WorkingCalendar",
    "add_months",
    "add_working_days",
    "choose_figure",
    "count_working_days",
    "designate",
    "designation_markdown",
    "designation_row",
    "envelopes_for",
    "export_bundle",
    "find_designations",
    "find_filing_order",
    "finish_quantiles",
    "judge_cases",
    "judge_jurisdiction",
    "judge_published",
    "judge_rate",
    "load_rules",
    "milestone_from_record",
    "plan_effects",
    "plan_routes",
    "prevalence_report",
    "qualifying_tests",
    "read_bundle",
    "read_clock",
    "read_designation_table",
    "read_designations",
    "read_ema_table",
    "read_envelopes",
    "read_eu_register",
    "read_fda_list",
    "read_holidays",
    "read_threshold",
    "rule_changes",
    "rule_from_record",
    "rule_sources",
    "slot_names",
    "sources",
    "validate_bundle",
    "with_overrides",
    "working_calendar",
    "write_envelopes",
]
