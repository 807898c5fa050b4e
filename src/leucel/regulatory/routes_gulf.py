"""Routes of Saudi Arabia and the Gulf states for a cell therapy."""

from __future__ import annotations

from leucel.regulatory.route_cases import RouteCase, RouteStatus, RouteVerdict

OPEN, CLOSED, DOUBTFUL = RouteStatus.OPEN, RouteStatus.CLOSED, RouteStatus.DOUBTFUL
_BOTH = (False, True)
_DESIGNATION_RULES = ("SA-ODD-INC-01", "SA-ODD-RTE-02")
_MEMBERS = ("SA", "AE", "KW", "BH", "QA", "OM")
_EFFECT = (
    "opens the submission of a dossier and is no registration; expedited review is claimed, its "
    "effect on the clock is unknown, so the clock is the same"
)


def saudi_routes(case: RouteCase) -> list[RouteVerdict]:
    """Routes to registration at the SFDA."""
    return [
        _regular(case),
        _priority(case),
        _conditional(case),
        _breakthrough(case),
        _verification(case),
        _abridged(case),
        RouteVerdict(
            route="orphan designation request",
            status=CLOSED if case.designated("SA") else OPEN,
            reason="granted already"
            if case.designated("SA")
            else "seven steps from a notice of intent by e-mail to a public summary; no clock is "
            "on record",
            rules=("SA-ODD-RTE-01", "SA-ODD-CLK-01", "SA-ODD-THR-01"),
        ),
    ]


def _reference_approval(case: RouteCase) -> bool:
    # The list of reference authorities is not established; these two are named in the rules.
    return bool(case.approved("US", "EU"))


def _regular(case: RouteCase) -> RouteVerdict:
    reference = _reference_approval(case)
    basis = (
        "approved by a reference authority (US or EU)"
        if reference
        else "not approved by a reference authority: the list is not established, EMA and FDA are "
        "named in the rules"
    )
    return RouteVerdict(
        route="regular",
        status=OPEN,
        reason=f"full dossier; {basis}",
        clock_rule="SA-REG-CLK-02" if reference else "SA-REG-CLK-01",
        rules=_DESIGNATION_RULES,
        designation=_BOTH,
        designation_effect=_EFFECT,
    )


def _priority(case: RouteCase) -> RouteVerdict:
    clock = "SA-PRI-CLK-02" if _reference_approval(case) else "SA-PRI-CLK-01"
    if not case.claims_priority:
        return RouteVerdict(
            route="priority",
            status=CLOSED,
            reason="asks for a serious or life-threatening condition or an unmet need",
            clock_rule=clock,
            rules=("SA-PRI-CRI-01",),
        )
    return RouteVerdict(
        route="priority",
        status=OPEN,
        reason="serious condition and unmet need are claimed; the SFDA decides on a request made "
        "before submission, answered within 15 working days",
        clock_rule=clock,
        rules=("SA-PRI-CRI-01", "SA-PRI-CLK-03", "SA-PRI-INC-01", *_DESIGNATION_RULES),
        designation=_BOTH,
        designation_effect=_EFFECT,
    )


def _conditional(case: RouteCase) -> RouteVerdict:
    return RouteVerdict(
        route="conditional approval",
        status=OPEN if case.claims_priority else CLOSED,
        reason="possible where early availability outweighs missing data that can be completed; "
        "the standard clock runs; valid for 2 years, renewable",
        clock_rule="SA-REG-CLK-02" if _reference_approval(case) else "SA-REG-CLK-01",
        rules=("SA-CON-CRI-01", "SA-CON-CLK-01", *_DESIGNATION_RULES),
        designation=_BOTH,
        designation_effect=_EFFECT,
    )


def _breakthrough(case: RouteCase) -> RouteVerdict:
    elsewhere = [code for code in case.approvals if code != "SA"]
    if not case.claims_priority:
        status, reason = CLOSED, "asks for a serious condition with unmet need"
    elif case.approved("US", "EU"):
        status, reason = CLOSED, "registered elsewhere, with a stringent authority too"
    elif elsewhere:
        status = DOUBTFUL
        reason = (
            f"registered in {', '.join(elsewhere)}: one wording asks for a product not registered "
            "elsewhere, another for one not registered with a stringent authority"
        )
    else:
        status, reason = OPEN, "not registered elsewhere"
    return RouteVerdict(
        route="breakthrough medicine",
        status=status,
        reason=f"{reason}; designation, filing within 30 working days, then assessment",
        clock_rule="SA-BMP-CLK-03",
        before=("SA-BMP-CLK-01", "SA-BMP-CLK-02"),
        # The sponsor has as long for answers as the assessment takes.
        after=("SA-BMP-CLK-03",),
        rules=("SA-BMP-CRI-01",),
    )


def _verification(case: RouteCase) -> RouteVerdict:
    both = len(case.approved("US", "EU")) == 2
    return RouteVerdict(
        route="verification",
        status=OPEN if both else CLOSED,
        reason="approved by EMA and FDA" if both else "needs approval by both EMA and FDA",
        clock_rule="SA-VER-CLK-01",
        rules=("SA-VER-CRI-01",),
    )


def _abridged(case: RouteCase) -> RouteVerdict:
    if case.product.advanced_therapy:
        status = CLOSED
        reason = "advanced therapies are excluded, even with approval by EMA or FDA"
    elif case.approved("US", "EU"):
        status, reason = OPEN, "approved by EMA or FDA"
    else:
        status, reason = CLOSED, "needs approval by EMA or FDA"
    return RouteVerdict(
        route="abridged",
        status=status,
        reason=reason,
        clock_rule="SA-ABR-CLK-01",
        rules=("SA-ABR-CRI-01", "SA-ABR-CRI-02"),
    )


def emirates_routes(case: RouteCase) -> list[RouteVerdict]:
    """Routes of the United Arab Emirates."""
    foreign = ", ".join(case.approvals) or "none"
    return [
        RouteVerdict(
            route="fast track for innovative and orphan medicines",
            status=DOUBTFUL,
            reason="needs a positive opinion of an accredited foreign regulator; the list of those "
            f"is not on record (approvals: {foreign}); evaluation, then 10 working days to decide",
            clock_rule="AE-CLK-01",
            more_days=10,
            rules=("AE-RTE-01",),
        ),
        RouteVerdict(
            route="standard or conditional approval",
            status=OPEN,
            reason="Emirates Drug Establishment, law in force since January 2025; no clock is on "
            "record",
            rules=("AE-RTE-02",),
        ),
    ]


def block_routes(case: RouteCase) -> list[RouteVerdict]:
    """Central routes of the Gulf Health Council."""
    members = case.approved(*_MEMBERS)
    shown = ", ".join(members) if members else "none yet"
    reliance = len(members) >= 2
    return [
        RouteVerdict(
            route="central registration",
            status=OPEN,
            reason="one review for the member states, then up to 3 months of national steps; "
            "reviews took longer than the target in the years observed",
            clock_rule="GCC-CLK-01",
            observed="GCC-CLK-04",
        ),
        RouteVerdict(
            route="central registration, priority",
            status=DOUBTFUL,
            reason="the conditions for priority are not on record",
            clock_rule="GCC-CLK-02",
        ),
        RouteVerdict(
            route="reliance on two member states",
            status=OPEN if reliance else CLOSED,
            reason=f"needs approval in at least two member states; approved in: {shown}",
            clock_rule="GCC-CLK-03",
        ),
    ]
