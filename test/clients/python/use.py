"""Asks the service through the package `client` that was generated beside this file, and prints what it made of the answers."""
import json
import sys
from datetime import datetime
from uuid import UUID

import attrs

from client import Client
from client.api.analysis import get_dependencies, get_event_stats, get_function_stats, get_job_stats, get_totals, list_critical_paths, list_failures, list_missing, list_names, list_shapes
from client.api.chains import list_chains
from client.api.events import get_event, list_events
from client.api.invocations import get_invocation, list_invocations
from client.api.jobs import get_job, list_jobs
from client.api.links import list_links
from client.api.search import get_correlation, get_record, search
from client.api.service import get_home, is_live, is_ready
from client.api.trees import compare_tree, get_tree, get_tree_critical_path, get_tree_failures, list_tree_nodes, list_trees
from client.models import (
    GetDependenciesCompareTo, ListCriticalPathsCompareTo, ListCriticalPathsSort, GetJobStatsBucket, GetJobStatsCompareTo, ListFailuresKindItem, ListFailuresSort, ListShapesSort, GetEventIncludeItem, GetInvocationIncludeItem, GetJobIncludeItem, GetRecordIncludeItem, GetTreeFrom, GetTreeIncludeItem, GetTreeOnly, GetTreeShape, GetTotalsBucket, GetTotalsCompareTo, ListEventsDetected,
    ListInvocationsOrder, ListNamesKindItem, ListLinksStateItem, ListTreesStatusItem, SearchInItem,
)

told = json.loads(sys.argv[1])
client = Client(base_url=told["base"])
root, child, job, event, circular, busy, odd, nobody = (UUID(told[name]) for name in ("root", "child", "job", "event", "circular", "busy", "odd", "nobody"))
events = [GetTreeIncludeItem.EVENTS]

answers = {
    "home": get_home.sync(client=client),
    "live": is_live.sync(client=client),
    "ready": is_ready.sync(client=client),
    "invocations": list_invocations.sync(
        client=client, status=["failed", "completed"],
        from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), limit=1,
    ),
    "triggered": list_invocations.sync(client=client, source_job_id=[job], order=ListInvocationsOrder.ASC),
    "invocation": get_invocation.sync(root, client=client, include=[GetInvocationIncludeItem(name) for name in ("email", "payload", "context", "options", "results", "stacks")]),
    "child": get_invocation.sync(child, client=client),
    "jobs": list_jobs.sync(client=client, window="99999w", status=["failed"], limit=1),
    "job": get_job.sync(job, client=client, include=[GetJobIncludeItem(name) for name in ("options", "result", "stack")]),
    "events": list_events.sync(client=client, window="99999w", name=["order-placed"], detected=ListEventsDetected.ANY, limit=1),
    "event": get_event.sync(event, client=client, include=[GetEventIncludeItem.STACK]),
    "chains": list_chains.sync(client=client, window="99999w", triggering_job=["capture-payment"]),
    "links": list_links.sync(client=client, window="99999w", state=[ListLinksStateItem.RECOVERED, ListLinksStateItem.SEVERED], limit=1),
    "record": get_record.sync("public.orders", "7", client=client, limit=1, include=[GetRecordIncludeItem.CHANGES]),
    "correlation": get_correlation.sync("order-1041", client=client),
    "search": search.sync(client=client, q="public.orders:7"),
    "searchLate": search.sync(client=client, q="Declined", in_=[SearchInItem.ERROR]),
    "names": list_names.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), kind=[ListNamesKindItem.JOB], text="capture"),
    "criticalPaths": list_critical_paths.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), root_function=["on-order-created"], compare_to=ListCriticalPathsCompareTo.PREVIOUS, sort=ListCriticalPathsSort.NAME),
    "hintedCriticalPaths": list_critical_paths.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), from_function="on-ordr-created", to_function="imported"),
    "comparison": compare_tree.sync(odd, client=client),
    "compared": compare_tree.sync(busy, client=client, with_=str(odd)),
    "shapes": list_shapes.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), root_function=["on-order-created"], sort=ListShapesSort.NAME),
    "hintedShapes": list_shapes.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), root_function=["on-ordr-created"]),
    "missing": list_missing.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), support=1, confidence=0.01),
    "hintedMissing": list_missing.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), name=["captur-payment"]),
    "hinted": list_jobs.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), name=["captur-payment"]),
    "hintedStats": get_job_stats.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), name=["captur-payment"]),
    "hintedFailures": list_failures.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), name=["captur-payment"]),
    "hintedDependencies": get_dependencies.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), around="captur-payment"),
    "jobStats": get_job_stats.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), bucket=GetJobStatsBucket.VALUE_1, compare_to=GetJobStatsCompareTo.PREVIOUS, limit=1),
    "totals": get_totals.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), compare_to=GetTotalsCompareTo.PREVIOUS, bucket=GetTotalsBucket.VALUE_1),
    "functionStats": get_function_stats.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), time_zone="UTC"),
    "eventStats": get_event_stats.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), name=["order-placed"]),
    "failures": list_failures.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), kind=[ListFailuresKindItem.JOB], name=["capture-payment"], sort=ListFailuresSort.NAME),
    "dependencies": get_dependencies.sync(client=client, from_=datetime.fromisoformat(told["from"]), to=datetime.fromisoformat(told["to"]), around="capture-payment", compare_to=GetDependenciesCompareTo.PREVIOUS, limit=1),
    "trees": list_trees.sync(client=client, window="99999w", status=[ListTreesStatusItem.FAILED], limit=1),
    "tree": get_tree.sync(child, client=client, include=events),
    "whole": get_tree.sync(child, client=client, from_=GetTreeFrom.ROOT, include=events),
    "flat": get_tree.sync(child, client=client, from_=GetTreeFrom.ROOT, include=events, shape=GetTreeShape.FLAT),
    "flatCut": get_tree.sync(root, client=client, max_depth=0, shape=GetTreeShape.FLAT),
    "flatNarrow": get_tree.sync(root, client=client, max_nodes=2, shape=GetTreeShape.FLAT),
    "flatCircular": get_tree.sync(circular, client=client, shape=GetTreeShape.FLAT),
    "failedOnly": get_tree.sync(root, client=client, only=GetTreeOnly.FAILED, shape=GetTreeShape.FLAT),
    "cut": get_tree.sync(root, client=client, max_depth=0),
    "narrow": get_tree.sync(root, client=client, max_nodes=2),
    "circular": get_tree.sync(circular, client=client),
    "busy": get_tree.sync(busy, client=client),
    "criticalPath": get_tree_critical_path.sync(busy, client=client),
    "treeFailures": get_tree_failures.sync(busy, client=client),
    "wrong": list_invocations.sync(client=client, limit=0),
    "unknown": get_tree.sync(nobody, client=client),
}

assert answers["whole"].summary.failed_jobs > 0 and answers["whole"].tree.jobs[1].triggered[0].jobs[0].name
assert answers["wrong"].errors[0].allowed
lines = [json.loads(line)["type"] for line in list_tree_nodes.sync(child, client=client).splitlines()]
assert lines == ["tree", "node", "end"], lines


def assert_known(value):
    """The classes keep fields that they do not know apart, and would write them again: there must be none."""
    if isinstance(value, list):
        for each in value:
            assert_known(each)
    elif attrs.has(type(value)):
        assert not getattr(value, "additional_properties", None), f"{type(value).__name__} does not know {list(value.additional_properties)}"
        for field in attrs.fields(type(value)):
            assert_known(getattr(value, field.name))


for answer in answers.values():
    assert_known(answer)
print(json.dumps({name: answer.to_dict() for name, answer in answers.items()}))
