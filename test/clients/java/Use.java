package org.openapitools.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.openapitools.client.api.AnalysisApi;
import org.openapitools.client.api.SearchApi;
import org.openapitools.client.api.ChainsApi;
import org.openapitools.client.api.LinksApi;
import org.openapitools.client.api.EventsApi;
import org.openapitools.client.api.InvocationsApi;
import org.openapitools.client.api.JobsApi;
import org.openapitools.client.api.ServiceApi;
import org.openapitools.client.api.TreesApi;
import org.openapitools.client.model.Problem;

/** Asks the service through the client that was generated beside this file, and prints what it made of the answers. */
public class Use {
    interface Request {
        Object send() throws ApiException;
    }

    static final ObjectMapper MAPPER = ApiClient.createDefaultObjectMapper();

    /** Errors are thrown with their body as text; it is one of the classes too. */
    static Object problemOf(Request request) throws Exception {
        try {
            return request.send();
        } catch (ApiException error) {
            return MAPPER.readValue(error.getResponseBody(), Problem.class);
        }
    }

    public static void main(String[] args) throws Exception {
        JsonNode told = MAPPER.readTree(args[0]);
        ApiClient client = new ApiClient();
        client.updateBaseUri(told.get("base").asText());
        InvocationsApi invocations = new InvocationsApi(client);
        JobsApi jobs = new JobsApi(client);
        EventsApi eventsApi = new EventsApi(client);
        AnalysisApi analysis = new AnalysisApi(client);
        SearchApi searching = new SearchApi(client);
        ChainsApi chains = new ChainsApi(client);
        LinksApi links = new LinksApi(client);
        TreesApi trees = new TreesApi(client);
        ServiceApi service = new ServiceApi(client);
        UUID root = id(told, "root"), child = id(told, "child"), job = id(told, "job"), event = id(told, "event"), circular = id(told, "circular"), busy = id(told, "busy"), odd = id(told, "odd"), nobody = id(told, "nobody");
        OffsetDateTime from = OffsetDateTime.parse(told.get("from").asText()), to = OffsetDateTime.parse(told.get("to").asText());
        List<String> events = List.of("events");

        Map<String, Object> answers = new LinkedHashMap<>();
        answers.put("home", service.getHome(null));
        answers.put("live", service.isLive(null));
        answers.put("ready", service.isReady(null));
        answers.put("invocations", invocations.listInvocations(null, null, null, List.of("failed", "completed"), null, null, null, null, null, null, null, null, from, to, null, null, null, 1, null, null));
        answers.put("triggered", invocations.listInvocations(List.of(job), null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, "asc", null, null, null));
        answers.put("invocation", invocations.getInvocation(root, List.of("email", "payload", "context", "options", "results", "stacks"), null));
        answers.put("child", invocations.getInvocation(child, null, null));
        answers.put("jobs", jobs.listJobs(null, null, null, List.of("failed"), null, null, null, null, null, null, null, null, "99999w", null, null, 1, null, null));
        answers.put("job", jobs.getJob(job, List.of("options", "result", "stack"), null));
        answers.put("events", eventsApi.listEvents(null, List.of("order-placed"), null, "any", null, null, null, null, "99999w", null, null, 1, null, null));
        answers.put("event", eventsApi.getEvent(event, List.of("stack"), null));
        answers.put("links", links.listLinks(List.of("recovered", "severed"), null, null, "99999w", null, null, 1, null, null));
        answers.put("chains", chains.listChains(List.of("capture-payment"), null, null, null, null, null, null, null, "99999w", null, null, null, null, null));
        answers.put("record", searching.getRecord("public.orders", "7", List.of("changes"), 1, null, null));
        answers.put("correlation", searching.getCorrelation("order-1041", null));
        answers.put("search", searching.search("public.orders:7", null, null));
        answers.put("searchLate", searching.search("Declined", List.of("error"), null));
        answers.put("names", analysis.listNames(List.of("job"), "capture", from, to, null, null, null, null, null));
        answers.put("criticalPaths", analysis.listCriticalPaths(List.of("on-order-created"), null, null, null, "previous", from, to, null, "name", null, null, null));
        answers.put("hintedCriticalPaths", analysis.listCriticalPaths(null, null, "on-ordr-created", "imported", null, from, to, null, null, null, null, null));
        answers.put("comparison", trees.compareTree(odd, null, null, null, null, null));
        answers.put("compared", trees.compareTree(busy, null, null, null, null, odd.toString()));
        answers.put("shapes", analysis.listShapes(List.of("on-order-created"), from, to, null, "name", null, null, null));
        answers.put("hintedShapes", analysis.listShapes(List.of("on-ordr-created"), from, to, null, null, null, null, null));
        answers.put("missing", analysis.listMissing(null, 1, 0.01, from, to, null, null, null, null, null));
        answers.put("hintedMissing", analysis.listMissing(List.of("captur-payment"), null, null, from, to, null, null, null, null, null));
        answers.put("hinted", jobs.listJobs(null, null, List.of("captur-payment"), null, null, null, null, null, null, null, from, to, null, null, null, null, null, null));
        answers.put("hintedStats", analysis.getJobStats(List.of("captur-payment"), null, null, null, from, to, null, null, null, null, null));
        answers.put("hintedFailures", analysis.listFailures(null, List.of("captur-payment"), null, null, from, to, null, null, null, null, null));
        answers.put("hintedDependencies", analysis.getDependencies(null, "captur-payment", null, null, null, from, to, null, null, null, null, null));
        answers.put("jobStats", analysis.getJobStats(null, "previous", "1h", null, from, to, null, null, 1, null, null));
        answers.put("totals", analysis.getTotals(from, to, null, "previous", "1h", null, null));
        answers.put("functionStats", analysis.getFunctionStats(null, null, null, "UTC", from, to, null, null, null, null, null));
        answers.put("eventStats", analysis.getEventStats(List.of("order-placed"), null, null, null, from, to, null, null, null, null, null));
        answers.put("failures", analysis.listFailures(List.of("job"), List.of("capture-payment"), null, null, from, to, null, "name", null, null, null));
        answers.put("dependencies", analysis.getDependencies(null, "capture-payment", null, "previous", null, from, to, null, null, 1, null, null));
        answers.put("trees", trees.listTrees(List.of("failed"), null, null, null, null, null, null, null, null, null, "99999w", null, null, 1, null, null));
        answers.put("tree", trees.getTree(child, null, events, null, null, null, null, null, null));
        answers.put("whole", trees.getTree(child, "root", events, null, null, null, null, null, null));
        answers.put("flat", trees.getTree(child, "root", events, null, null, null, null, "flat", null));
        answers.put("flatCut", trees.getTree(root, null, null, 0, null, null, null, "flat", null));
        answers.put("flatNarrow", trees.getTree(root, null, null, null, 2, null, null, "flat", null));
        answers.put("flatCircular", trees.getTree(circular, null, null, null, null, null, null, "flat", null));
        answers.put("cut", trees.getTree(root, null, null, 0, null, null, null, null, null));
        answers.put("narrow", trees.getTree(root, null, null, null, 2, null, null, null, null));
        answers.put("circular", trees.getTree(circular, null, null, null, null, null, null, null, null));
        answers.put("busy", trees.getTree(busy, null, null, null, null, null, null, null, null));
        answers.put("criticalPath", trees.getTreeCriticalPath(busy, null, null, null, null));
        answers.put("treeFailures", trees.getTreeFailures(busy, null, null, null, null));
        answers.put("wrong", problemOf(() -> invocations.listInvocations(null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, 0, null, null)));
        answers.put("failedOnly", trees.getTree(root, null, null, null, null, "failed", null, "flat", null));
        answers.put("unknown", problemOf(() -> trees.getTree(nobody, null, null, null, null, null, null, null, null)));
        System.out.println(MAPPER.writeValueAsString(answers));
    }

    static UUID id(JsonNode told, String name) {
        return UUID.fromString(told.get(name).asText());
    }
}
