"""What CDISC's Analysis Results Standard 1.0 asks of a reporting event, as far as reports use it: facts of the model.

Each class with the slots that it must have and those that it may have besides; and which slot names an instance of
which class.
"""

from collections import Counter

NAMED = {"name", "label", "description"}
MAY_HAVE = {
    "ReportingEvent": (
        {"id", "name", "mainListOfContents"},
        {"referenceDocuments", "terminologyExtensions", "analysisSets", "analysisGroupings", "dataSubsets"}
        | {"methods", "analyses", "outputs", *NAMED},
    ),
    "mainListOfContents": ({"name", "contentsList"}, NAMED),
    "contentsList": (set(), {"listItems"}),
    "sublist": (set(), {"listItems"}),
    "listItems": ({"name", "level", "order"}, {"outputId", "analysisId", "sublist", *NAMED}),
    "referenceDocuments": ({"id", "name"}, {"location", *NAMED}),
    "terminologyExtensions": ({"id", "sponsorTerms"}, {"enumeration"}),
    "sponsorTerms": ({"id", "submissionValue"}, {"description"}),
    "analysisSets": ({"id", "name", "level", "order"}, {"condition", "compoundExpression", *NAMED}),
    "dataSubsets": ({"id", "name", "level", "order"}, {"condition", "compoundExpression", *NAMED}),
    "analysisGroupings": ({"id", "name", "dataDriven"}, {"groupingDataset", "groupingVariable", "groups", *NAMED}),
    "groups": ({"id", "name", "level", "order"}, {"condition", "compoundExpression", *NAMED}),
    "condition": (set(), {"dataset", "variable", "comparator", "value"}),
    "compoundExpression": ({"logicalOperator"}, {"whereClauses"}),
    "whereClauses": ({"level", "order"}, {"condition", "compoundExpression"}),
    "methods": ({"id", "name", "operations"}, NAMED),
    "operations": ({"id", "name", "order"}, {"resultPattern", *NAMED}),
    "analyses": (
        {"id", "name", "reason", "purpose", "methodId"},
        {"dataset", "variable", "analysisSetId", "dataSubsetId", "orderedGroupings", "programmingCode", "results"}
        | NAMED,
    ),
    "reason": ({"sponsorTermId"}, set()),
    "purpose": ({"sponsorTermId"}, set()),
    "fileType": ({"sponsorTermId"}, set()),
    "programmingCode": ({"context"}, {"documentRef"}),
    "documentRef": ({"referenceDocumentId"}, set()),
    "orderedGroupings": ({"order", "groupingId", "resultsByGroup"}, set()),
    "results": ({"operationId"}, {"resultGroups", "rawValue", "formattedValue"}),
    "resultGroups": ({"groupingId"}, {"groupId", "groupValue"}),
    "outputs": ({"id", "name", "displays"}, {"fileSpecifications", *NAMED}),
    "fileSpecifications": ({"name"}, {"fileType", "location", *NAMED}),
    "displays": ({"order", "display"}, set()),
    "display": ({"id", "name"}, {"displayTitle", *NAMED}),
}
REFERS_TO = {
    "outputId": "outputs",
    "analysisId": "analyses",
    "methodId": "methods",
    "operationId": "operations",
    "analysisSetId": "analysisSets",
    "dataSubsetId": "dataSubsets",
    "groupingId": "analysisGroupings",
    "groupId": "groups",
    "sponsorTermId": "sponsorTerms",
    "referenceDocumentId": "referenceDocuments",
}
LISTS = {"value"} | {slot for slot in MAY_HAVE if slot.endswith("s") and slot not in ("mainListOfContents",)}
INTEGERS, BOOLEANS = {"order", "level"}, {"resultsByGroup", "dataDriven"}
COMPARATORS, OPERATORS = {"EQ", "NE", "GT", "GE", "LT", "LE", "IN", "NOTIN"}, {"AND", "OR", "NOT"}
TYPES = {**dict.fromkeys(INTEGERS, int), **dict.fromkeys(BOOLEANS, bool)}


def faults_of(event):
    """Everything of an event that is not by the model, in words."""
    found = [*_faults("ReportingEvent", event)]
    ids = _ids("ReportingEvent", event)
    found += [f"id twice: {name}" for name, count in Counter(name for _, name in ids).items() if count > 1]
    found += [
        f"{slot} {name!r} is none of {REFERS_TO[slot]}"
        for slot, name in _references(event)
        if (REFERS_TO[slot], name) not in set(ids)
    ]
    return found


def _faults(kind, instance):
    required, optional = MAY_HAVE[kind]
    if missing := required - set(instance):
        yield f"{kind} without {sorted(missing)}"
    if others := set(instance) - required - optional:
        yield f"{kind} with {sorted(others)}"
    for slot, value in instance.items():
        for each in value if isinstance(value, list) else [value]:
            if slot in MAY_HAVE:
                yield from _faults(slot, each)
            elif type(each) is not TYPES.get(slot, str):
                yield f"{kind}.{slot} is {each!r}"
        if isinstance(value, list) != (slot in LISTS):
            yield f"{kind}.{slot} is {'a list' if isinstance(value, list) else 'no list'}"
    yield from (
        f"comparator {instance['comparator']}" for _ in [1] if instance.get("comparator", "EQ") not in COMPARATORS
    )
    if instance.get("logicalOperator", "AND") not in OPERATORS:
        yield f"operator {instance['logicalOperator']}"


def _ids(kind, instance):
    """Each id with the class of which it is."""
    found = [(kind, instance["id"])] if "id" in instance else []
    for slot, value in instance.items():
        if slot in MAY_HAVE:
            found += [pair for each in (value if isinstance(value, list) else [value]) for pair in _ids(slot, each)]
    return found


def _references(instance):
    """Each slot that names an instance, with the id that it names."""
    for slot, value in instance.items():
        if slot in REFERS_TO:
            yield slot, value
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                yield from _references(each)


def results_of(event):
    """Every result: id of its analysis, name of its quantity and its groups, with what it says."""
    return {
        (analysis["id"], result["operationId"].rsplit(".", 1)[1], _groups(result)): result
        for analysis in event["analyses"]
        for result in analysis["results"]
    }


def _groups(result):
    named = [(each["groupingId"].removeprefix("grouping."), each) for each in result["resultGroups"]]
    return tuple(
        (name, each.get("groupValue") or each.get("groupId", "").removeprefix(f"grouping.{name}."))
        for name, each in named
    )
