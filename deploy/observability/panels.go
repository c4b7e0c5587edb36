package main

// row is a row of the dashboard: a question that an operator asks.
type row struct {
	title  string
	panels []panel
}

// panel is one panel of a row. Panels of a row share its width.
type panel struct {
	title, about string
	unit         string // of Grafana: s, ops, percentunit, short, bytes
	stat         bool   // the last value as a number; else a curve
	queries      []query
}

// query is an expression, and how a curve of it is named.
type query struct{ expr, legend string }

// Selectors of the dashboard's variables.
const (
	far     = `far=~"$network"`
	network = `network=~"$network"`
)

// quantiles are the curves p50, p95 and p99 of a histogram.
func quantiles(histogram, selector, by string) []query {
	var out []query
	for _, q := range []struct{ value, name string }{{"0.5", "p50"}, {"0.95", "p95"}, {"0.99", "p99"}} {
		out = append(out, query{
			"histogram_quantile(" + q.value + ", sum by (" + by + ", le) (rate(" + histogram + "_bucket{" + selector + "}[$__rate_interval])))",
			q.name + " {{" + by + "}}",
		})
	}
	return out
}

// rows are the whole dashboard.
var rows = []row{
	{"What waits, since when, and why", []panel{
		{"Messages that wait", "By destination and reason. due: may be sent now. waiting: the destination or a rate said when. retrying: after a failure. suspended: the credential is refused. failing: the destination is down.", "short", false,
			[]query{{"sum by (far, state) (puente_backlog_messages{" + far + "}) > 0", "{{far}} {{state}}"}}},
		{"Age of the oldest", "How long the oldest message of each reason has waited.", "s", false,
			[]query{{"max by (far, state) (puente_backlog_oldest_seconds{" + far + "}) > 0", "{{far}} {{state}}"}}},
		{"Channels in trouble", "suspended: a person has to renew a credential. failing: the destination does not answer.", "short", false,
			[]query{{`sum by (far, state) (puente_channels{` + far + `,state!="active"}) > 0`, "{{far}} {{state}}"}}},
		{"Oldest on the way in", "The age of the oldest message that the translator has not handled.", "s", true,
			[]query{{`max(puente_stream_oldest_seconds{stream="MESSAGES"})`, ""}}},
	}},
	{"Flow", []panel{
		{"Accepted", "Messages that were taken and stored, each way.", "ops", false,
			[]query{{"sum by (network, direction) (rate(puente_messages_accepted_total{" + network + "}[$__rate_interval]))", "{{network}} {{direction}}"}}},
		{"Sends", "Sends that have ended, by outcome.", "ops", false,
			[]query{{"sum by (far, result) (rate(puente_sends_total{" + far + "}[$__rate_interval]))", "{{far}} {{result}}"}}},
		{"Sent without failing", "The share of sends that were taken.", "percentunit", false,
			[]query{{`sum by (far) (rate(puente_sends_total{` + far + `,result="sent"}[$__rate_interval])) / sum by (far) (rate(puente_sends_total{` + far + `}[$__rate_interval]))`, "{{far}}"}}},
		{"Refused at the door", "Calls of POST /message that were refused, by cause.", "ops", false,
			[]query{{"sum by (network, cause) (rate(puente_messages_refused_total[$__rate_interval]))", "{{network}} {{cause}}"}}},
	}},
	{"How long it takes", []panel{
		{"From acceptance to sent", "What the customer or the agent waits for. A point leads to a trace.", "s", false, quantiles("puente_send_delay_seconds", far, "far")},
		{"One try at the destination", "", "s", false, quantiles("puente_send_duration_seconds", far, "far")},
		{"From acceptance to a receipt", "", "s", false, quantiles("puente_receipt_delay_seconds", far, "status")},
	}},
	{"What fails, and whose fault it is", []panel{
		{"Failures by fault", "contact: blocked, no such number. agent: another message would go. setup: a credential, a permission. network: it does not answer. puente: the bridge, or its operators.", "short", false,
			[]query{{"sum by (far, fault) (increase(puente_failures_total{" + far + "}[1h]))", "{{far}} {{fault}}"}}},
		{"Tries by what became of them", "", "ops", false,
			[]query{{`sum by (far, class) (rate(puente_send_attempts_total{` + far + `,class!="sent"}[$__rate_interval]))`, "{{far}} {{class}}"}}},
		{"Dead letters", "What could not go on. puente dead lists them.", "short", false,
			[]query{{"sum by (network, kind) (increase(puente_dead_letters_total{" + network + "}[1h]))", "{{network}} {{kind}}"}}},
		{"Answers that were lost", "Sends of which nobody knew whether they were taken, by how that was settled. What was resent may have arrived twice.", "short", false,
			[]query{{"sum by (far, settled) (increase(puente_doubts_total{" + far + "}[1h]))", "{{far}} {{settled}}"}}},
	}},
	{"The door", []panel{
		{"Requests", "By route and status.", "ops", false,
			[]query{{"sum by (http_route, http_response_status_code) (rate(http_server_request_duration_seconds_count[$__rate_interval]))", "{{http_route}} {{http_response_status_code}}"}}},
		{"Calls of networks", "By what became of them.", "ops", false,
			[]query{{"sum by (network, cause) (rate(puente_webhook_calls_total{" + network + "}[$__rate_interval]))", "{{network}} {{cause}}"}}},
		{"How long an answer takes", "", "s", false, quantiles("http_server_request_duration_seconds", "", "http_route")},
		{"Receipts", "Receipts that brought news.", "ops", false,
			[]query{{"sum by (far, status) (rate(puente_receipts_total{" + far + "}[$__rate_interval]))", "{{far}} {{status}}"}}},
	}},
	{"The store", []panel{
		{"How full", "From 0.8 on POST /message is answered 503. INDEX, JOURNAL and SENT give up their oldest when they are full.", "percentunit", false,
			[]query{{"max by (stream) (puente_store_fill_ratio)", "{{stream}}"}}},
		{"Messages", "", "short", false, []query{{"max by (stream) (puente_stream_messages)", "{{stream}}"}}},
		{"How long storing takes", "", "s", false, quantiles("messaging_client_operation_duration_seconds", "", "messaging_destination_name")[1:]},
		{"Handled", "What services took out of streams; failures alone have an error_type.", "ops", false,
			[]query{{"sum by (service, messaging_operation_name, error_type) (rate(messaging_process_duration_seconds_count[$__rate_interval]))", "{{service}} {{messaging_operation_name}} {{error_type}}"}}},
	}},
	{"Processes", []panel{
		{"Versions", "", "short", true, []query{{"count by (version) (puente_build_info)", "{{version}}"}}},
		{"Connected to the broker", "1 is yes.", "short", false, []query{{"min by (service) (puente_broker_connected)", "{{service}}"}}},
		{"Work owned", "Partitions and channels that each service works on.", "short", false, []query{{"sum by (service, kind) (puente_units_owned)", "{{service}} {{kind}}"}}},
		{"Memory", "", "bytes", false, []query{{"process_resident_memory_bytes", "{{instance}}"}}},
		{"CPU", "Cores.", "short", false, []query{{"rate(process_cpu_seconds_total[$__rate_interval])", "{{instance}}"}}},
		{"Open files", "As a share of the limit.", "percentunit", false, []query{{"process_open_fds / process_max_fds", "{{instance}}"}}},
	}},
}
