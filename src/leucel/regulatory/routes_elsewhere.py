"""Routes of the other jurisdictions, as far as rules are on record."""

from __future__ import annotations

from leucel.regulatory.route_cases import RouteCase, RouteStatus, RouteVerdict

OPEN, CLOSED, DOUBTFUL = RouteStatus.OPEN, RouteStatus.CLOSED, RouteStatus.DOUBTFUL


def us_routes(case: RouteCase) -> list[RouteVerdict]:
    """Routes to a biologics license of the FDA."""
    return [
        RouteVerdict(
            route="standard review",
            status=OPEN,
            reason="needs a complete license application; the clock begins at the 60-day filing "
            "date",
            clock_rule="US-BLA-CLK-01",
        ),
        RouteVerdict(
            route="priority review",
            status=DOUBTFUL,
            reason="granted by the agency within 60 days of receipt; its criteria are not on "
            "record",
            clock_rule="US-BLA-CLK-02",
            rules=("US-RMAT-CLK-01",),
        ),
        RouteVerdict(
            route="accelerated approval",
            status=DOUBTFUL,
            reason="needs a surrogate or intermediate endpoint accepted by the agency"
            + ("; RMAT designation can lead to it" if case.product.advanced_therapy else ""),
            clock_rule="US-BLA-CLK-02",
            rules=("US-AA-RTE-01", "US-RMAT-INC-01"),
        ),
    ]


def eu_routes(case: RouteCase) -> list[RouteVerdict]:
    """Central routes of the European Union."""
    accelerated = "granted for major public health interest"
    if case.product.advanced_therapy:
        accelerated += "; for advanced therapies often turned back to the standard clock"
    return [
        RouteVerdict(
            route="central procedure",
            status=OPEN,
            reason="orphan medicines and advanced therapies must use it; clock stops excluded",
            clock_rule="EU-MAA-CLK-01",
        ),
        RouteVerdict(
            route="central procedure, accelerated",
            status=DOUBTFUL,
            reason=accelerated,
            clock_rule="EU-MAA-CLK-02",
            rules=("EU-PRIME-CLK-01",),
        ),
        RouteVerdict(
            route="conditional authorization",
            status=DOUBTFUL,
            reason="needs incomplete data that can be completed; the central clock runs; valid 1 "
            "year, renewable",
            clock_rule="EU-MAA-CLK-01",
            rules=("EU-CMA-RTE-01",),
        ),
    ]


def uk_routes(case: RouteCase) -> list[RouteVerdict]:
    """Routes of the United Kingdom."""
    return [
        RouteVerdict(
            route="marketing authorization",
            status=OPEN,
            reason="orphan status is decided with the authorization; no clock is on record",
            rules=("GB-ODD-RTE-01",),
        )
    ]


def japan_routes(case: RouteCase) -> list[RouteVerdict]:
    """Routes of Japan."""
    orphan = case.designated("JP")
    routes = [
        RouteVerdict(
            route="standard review",
            status=OPEN,
            reason="standard target",
            clock_rule="JP-NDA-CLK-01",
        ),
        RouteVerdict(
            route="priority review (orphan)",
            status=OPEN if orphan else DOUBTFUL,
            reason="orphan designation granted"
            if orphan
            else "needs orphan designation in Japan first; shows what the designation would save",
            clock_rule="JP-NDA-CLK-02",
            rules=("JP-ODD-CRI-01",),
            designation=(True,),
        ),
        RouteVerdict(
            route="Sakigake (pioneering)",
            status=DOUBTFUL,
            reason="needs its own designation, whose criteria are not on record",
            clock_rule="JP-SAK-CLK-01",
        ),
    ]
    if case.product.advanced_therapy:
        routes.append(
            RouteVerdict(
                route="conditional and time-limited approval",
                status=DOUBTFUL,
                reason="regenerative products only: safety shown, efficacy presumed; no clock of "
                "its own is on record",
                rules=("JP-CTL-RTE-01",),
            )
        )
    return routes


def china_routes(case: RouteCase) -> list[RouteVerdict]:
    """Routes of China."""
    return [
        RouteVerdict(
            route="standard review",
            status=OPEN,
            reason="standard target",
            clock_rule="CN-NDA-CLK-01",
        ),
        RouteVerdict(
            route="priority review",
            status=OPEN if case.claims_priority else DOUBTFUL,
            reason="breakthrough and conditional products included",
            clock_rule="CN-PRI-CLK-01",
            rules=("CN-CON-RTE-01",),
        ),
        RouteVerdict(
            route="urgent rare-disease product approved abroad",
            status=DOUBTFUL,
            reason="membership of the condition in the national list is not established",
            clock_rule="CN-PRI-CLK-02",
            rules=("CN-RD-THR-01",),
        ),
    ]


def hong_kong_routes(case: RouteCase) -> list[RouteVerdict]:
    """Routes of Hong Kong."""
    reference = case.approved("CN", "US", "EU")
    return [
        RouteVerdict(
            route="1+ mechanism",
            status=OPEN if reference and case.claims_priority else CLOSED,
            reason=(
                f"approved by a reference regulator ({', '.join(reference)}); local clinical data "
                "are needed"
                if reference
                else "needs one reference approval and local clinical data"
            ),
            clock_rule="HK-CLK-01",
            rules=("HK-RTE-01",),
        )
    ]


def korea_routes(case: RouteCase) -> list[RouteVerdict]:
    """Routes of South Korea."""
    return [
        RouteVerdict(
            route="fast track",
            status=DOUBTFUL,
            reason="its criteria are not on record; the clock is an upper limit",
            clock_rule="KR-CLK-01",
            rules=("KR-ODD-CRI-01",),
        )
    ]


def australia_routes(case: RouteCase) -> list[RouteVerdict]:
    """Routes of Australia."""
    return [
        RouteVerdict(
            route="standard registration",
            status=OPEN,
            reason="target of the agency; the legal limit is 255 working days",
            clock_rule="AU-STD-CLK-01",
        ),
        RouteVerdict(
            route="priority registration",
            status=DOUBTFUL,
            reason="needs a priority determination, whose criteria are not on record",
            clock_rule="AU-PRI-CLK-01",
        ),
        RouteVerdict(
            route="provisional registration",
            status=DOUBTFUL,
            reason="2 years at first, two extensions possible; no review clock is on record",
            rules=("AU-PRO-CLK-01",),
        ),
    ]


def switzerland_routes(case: RouteCase) -> list[RouteVerdict]:
    """Routes of Switzerland."""
    return [
        RouteVerdict(
            route="fast track or temporary authorization",
            status=DOUBTFUL,
            reason="the clock on record is unverified and is not used",
            clock_rule="CH-FTP-CLK-01",
        )
    ]
