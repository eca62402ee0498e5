// Asks the service through the client that was generated beside this file, and prints what it made of the answers.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/google/uuid"
)

type told struct {
	Base                                       string
	Root, Child, Job, Event, Circular, Busy, Odd, Nobody uuid.UUID
	From, To                                   time.Time
}

func ptr[T any](value T) *T { return &value }

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	var at told
	if err := json.Unmarshal([]byte(os.Args[1]), &at); err != nil {
		panic(err)
	}
	ask := must(NewClientWithResponses(at.Base))
	c := context.Background()
	tree := func(id uuid.UUID, params GetTreeParams) any { return must(ask.GetTreeWithResponse(c, id, &params)).JSON200 }
	events := &[]GetTreeParamsInclude{"events"}
	answers := map[string]any{
		"home":  must(ask.GetHomeWithResponse(c, nil)).JSON200,
		"live":  must(ask.IsLiveWithResponse(c, nil)).JSON200,
		"ready": must(ask.IsReadyWithResponse(c, nil)).JSON200,
		"invocations": must(ask.ListInvocationsWithResponse(c, &ListInvocationsParams{
			Status: &[]string{"failed", "completed"}, From: &at.From, To: &at.To, Limit: ptr(1)})).JSON200,
		"triggered": must(ask.ListInvocationsWithResponse(c, &ListInvocationsParams{
			SourceJobId: &[]uuid.UUID{at.Job}, Order: ptr(ListInvocationsParamsOrder("asc"))})).JSON200,
		"invocation": must(ask.GetInvocationWithResponse(c, at.Root, &GetInvocationParams{
			Include: &[]GetInvocationParamsInclude{"email", "payload", "context", "options", "results", "stacks"}})).JSON200,
		"child": must(ask.GetInvocationWithResponse(c, at.Child, nil)).JSON200,
		"jobs": must(ask.ListJobsWithResponse(c, &ListJobsParams{Window: ptr("99999w"), Status: &[]string{"failed"}, Limit: ptr(1)})).JSON200,
		"job":    must(ask.GetJobWithResponse(c, at.Job, &GetJobParams{Include: &[]GetJobParamsInclude{"options", "result", "stack"}})).JSON200,
		"events": must(ask.ListEventsWithResponse(c, &ListEventsParams{
			Window: ptr("99999w"), Name: &[]string{"order-placed"}, Detected: ptr(ListEventsParamsDetected("any")), Limit: ptr(1)})).JSON200,
		"event":  must(ask.GetEventWithResponse(c, at.Event, &GetEventParams{Include: &[]GetEventParamsInclude{"stack"}})).JSON200,
		"links": must(ask.ListLinksWithResponse(c, &ListLinksParams{Window: ptr("99999w"), State: &[]ListLinksParamsState{"recovered", "severed"}, Limit: ptr(1)})).JSON200,
		"chains": must(ask.ListChainsWithResponse(c, &ListChainsParams{Window: ptr("99999w"), TriggeringJob: &[]string{"capture-payment"}})).JSON200,
		"record": must(ask.GetRecordWithResponse(c, "public.orders", "7", &GetRecordParams{Limit: ptr(1), Include: &[]GetRecordParamsInclude{"changes"}})).JSON200,
		"correlation": must(ask.GetCorrelationWithResponse(c, "order-1041", nil)).JSON200,
		"search": must(ask.SearchWithResponse(c, &SearchParams{Q: "public.orders:7"})).JSON200,
		"searchLate": must(ask.SearchWithResponse(c, &SearchParams{Q: "Declined", In: &[]SearchParamsIn{"error"}})).JSON200,
		"names": must(ask.ListNamesWithResponse(c, &ListNamesParams{From: &at.From, To: &at.To, Kind: &[]ListNamesParamsKind{"job"}, Text: ptr("capture")})).JSON200,
		"criticalPaths": must(ask.ListCriticalPathsWithResponse(c, &ListCriticalPathsParams{
			From: &at.From, To: &at.To, RootFunction: &[]string{"on-order-created"}, CompareTo: ptr(ListCriticalPathsParamsCompareTo("previous")), Sort: ptr(ListCriticalPathsParamsSort("name"))})).JSON200,
		"hintedCriticalPaths": must(ask.ListCriticalPathsWithResponse(c, &ListCriticalPathsParams{
			From: &at.From, To: &at.To, FromFunction: ptr("on-ordr-created"), ToFunction: ptr("imported")})).JSON200,
		"comparison": must(ask.CompareTreeWithResponse(c, at.Odd, nil)).JSON200,
		"compared": must(ask.CompareTreeWithResponse(c, at.Busy, &CompareTreeParams{With: ptr(at.Odd.String())})).JSON200,
		"shapes": must(ask.ListShapesWithResponse(c, &ListShapesParams{From: &at.From, To: &at.To, RootFunction: &[]string{"on-order-created"}, Sort: ptr(ListShapesParamsSort("name"))})).JSON200,
		"hintedShapes": must(ask.ListShapesWithResponse(c, &ListShapesParams{From: &at.From, To: &at.To, RootFunction: &[]string{"on-ordr-created"}})).JSON200,
		"missing": must(ask.ListMissingWithResponse(c, &ListMissingParams{From: &at.From, To: &at.To, Support: ptr(1), Confidence: ptr(0.01)})).JSON200,
		"hintedMissing": must(ask.ListMissingWithResponse(c, &ListMissingParams{From: &at.From, To: &at.To, Name: &[]string{"captur-payment"}})).JSON200,
		"hinted": must(ask.ListJobsWithResponse(c, &ListJobsParams{From: &at.From, To: &at.To, Name: &[]string{"captur-payment"}})).JSON200,
		"hintedStats": must(ask.GetJobStatsWithResponse(c, &GetJobStatsParams{From: &at.From, To: &at.To, Name: &[]string{"captur-payment"}})).JSON200,
		"hintedFailures": must(ask.ListFailuresWithResponse(c, &ListFailuresParams{From: &at.From, To: &at.To, Name: &[]string{"captur-payment"}})).JSON200,
		"hintedDependencies": must(ask.GetDependenciesWithResponse(c, &GetDependenciesParams{From: &at.From, To: &at.To, Around: ptr("captur-payment")})).JSON200,
		"jobStats": must(ask.GetJobStatsWithResponse(c, &GetJobStatsParams{
			From: &at.From, To: &at.To, Bucket: ptr(GetJobStatsParamsBucket("1h")), CompareTo: ptr(GetJobStatsParamsCompareTo("previous")), Limit: ptr(1)})).JSON200,
		"totals": must(ask.GetTotalsWithResponse(c, &GetTotalsParams{
			From: &at.From, To: &at.To, CompareTo: ptr(GetTotalsParamsCompareTo("previous")), Bucket: ptr(GetTotalsParamsBucket("1h"))})).JSON200,
		"functionStats": must(ask.GetFunctionStatsWithResponse(c, &GetFunctionStatsParams{From: &at.From, To: &at.To, TimeZone: ptr("UTC")})).JSON200,
		"eventStats": must(ask.GetEventStatsWithResponse(c, &GetEventStatsParams{From: &at.From, To: &at.To, Name: &[]string{"order-placed"}})).JSON200,
		"failures": must(ask.ListFailuresWithResponse(c, &ListFailuresParams{
			From: &at.From, To: &at.To, Kind: &[]ListFailuresParamsKind{"job"}, Name: &[]string{"capture-payment"}, Sort: ptr(ListFailuresParamsSort("name"))})).JSON200,
		"dependencies": must(ask.GetDependenciesWithResponse(c, &GetDependenciesParams{
			From: &at.From, To: &at.To, Around: ptr("capture-payment"), CompareTo: ptr(GetDependenciesParamsCompareTo("previous")), Limit: ptr(1)})).JSON200,
		"trees": must(ask.ListTreesWithResponse(c, &ListTreesParams{Window: ptr("99999w"), Status: &[]ListTreesParamsStatus{"failed"}, Limit: ptr(1)})).JSON200,
		"tree":     tree(at.Child, GetTreeParams{Include: events}),
		"whole":    tree(at.Child, GetTreeParams{From: ptr(GetTreeParamsFrom("root")), Include: events}),
		"flat":     tree(at.Child, GetTreeParams{From: ptr(GetTreeParamsFrom("root")), Include: events, Shape: ptr(GetTreeParamsShape("flat"))}),
		"flatCut":  tree(at.Root, GetTreeParams{MaxDepth: ptr(0), Shape: ptr(GetTreeParamsShape("flat"))}),
		"flatNarrow":   tree(at.Root, GetTreeParams{MaxNodes: ptr(2), Shape: ptr(GetTreeParamsShape("flat"))}),
		"flatCircular": tree(at.Circular, GetTreeParams{Shape: ptr(GetTreeParamsShape("flat"))}),
		"failedOnly": tree(at.Root, GetTreeParams{Only: ptr(GetTreeParamsOnly("failed")), Shape: ptr(GetTreeParamsShape("flat"))}),
		"cut":      tree(at.Root, GetTreeParams{MaxDepth: ptr(0)}),
		"narrow":   tree(at.Root, GetTreeParams{MaxNodes: ptr(2)}),
		"circular": tree(at.Circular, GetTreeParams{}),
		"busy":     tree(at.Busy, GetTreeParams{}),
		"criticalPath": must(ask.GetTreeCriticalPathWithResponse(c, at.Busy, nil)).JSON200,
		"treeFailures": must(ask.GetTreeFailuresWithResponse(c, at.Busy, nil)).JSON200,
		"wrong":    must(ask.ListInvocationsWithResponse(c, &ListInvocationsParams{Limit: ptr(0)})).ApplicationproblemJSON400,
		"unknown":  must(ask.GetTreeWithResponse(c, at.Nobody, nil)).ApplicationproblemJSON404,
	}
	fmt.Println(string(must(json.Marshal(answers))))
}
